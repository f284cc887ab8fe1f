import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AutomemError } from "../../src/core/errors.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { acquireLock } from "../../src/platform/file-lock.ts";
import { readCertificate } from "../../src/plugins/certificate.ts";
import { type AddDependencies, type AddOptions, type AddOutcome, addPlugin } from "../../src/plugins/install/add.ts";
import type { InstallEvent } from "../../src/plugins/install/events.ts";
import { firstPartyFolder } from "../../src/plugins/install/first-party.ts";
import { openGame, openTrainer } from "../../src/plugins/open.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";
import { fixturesFolder } from "../fixtures/plugins/subject.ts";
import { tarGz } from "../fixtures/plugins/tar.ts";

let home: string;
let registry: PluginRegistry;
let events: InstallEvent[];
const offline: AddDependencies["fetch"] = () => Promise.reject(new Error("no route to host"));

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "automem-home-"));
  registry = new PluginRegistry(home);
  events = [];
});
afterEach(() => rm(home, { recursive: true }));

function add(
  plugin: string,
  options: Partial<AddOptions> = {},
  more: Partial<AddDependencies> = {},
): Promise<AddOutcome> {
  return addPlugin(
    { plugin, listener: (event) => events.push(event), ...options },
    {
      registry,
      firstParty: firstPartyFolder(fixturesFolder),
      automemVersion: "0.0.0",
      environment: process.env,
      clock: systemClock,
      fetch: offline,
      ...more,
    },
  );
}

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (cause: AutomemError) => cause,
  );
const names = async () => (await registry.list()).plugins.map((plugin) => plugin.record.name);
const builds = () => readdir(join(registry.rootOf("lantern"), "builds"));

/** A copy of the fixture that can be changed. */
async function lanternCopy(change: (game: string) => string = (game) => game): Promise<string> {
  const folder = join(home, "copies", crypto.randomUUID());
  await cp(join(fixturesFolder, "lantern"), folder, { recursive: true });
  const path = join(folder, "game.ts");
  await writeFile(path, change(await readFile(path, "utf8")));
  return folder;
}

describe("plugin add", () => {
  test("states its plan, installs, verifies and lists a first-party plugin by name, which then plays", async () => {
    const outcome = await add("lantern");
    expect(outcome.status).toBe("installed");
    expect(await names()).toEqual(["lantern"]);
    expect(events[0]?.phase).toBe("plan");
    expect(events[0]?.message).toContain(`into ${join(home, "plugins", "lantern")}`);
    expect(events.at(-1)?.phase).toBe("done");
    const { record, paths } = await registry.need("lantern");
    expect(record).toMatchObject({ origin: "lantern", version: "1.0.0", kind: "game", sdkHash: null });
    expect((await readCertificate(paths.certificate, record.contentHash))?.passed).toBe(true);
    const game = await openGame(registry, "lantern", { environment: process.env, automemVersion: "0.0.0" });
    expect(game.identity.pluginHash).toBe(record.contentHash);
    expect((await game.reset({ task: "default", seed: 1, options: {} })).maxSteps).toBe(9);
    await game.close();
  });

  test("does nothing for what is installed already, unless it is forced", async () => {
    await add("lantern");
    const before = await builds();
    expect((await add("lantern")).status).toBe("already-installed");
    expect(await builds()).toEqual(before);
    expect((await add("lantern", { force: true })).status).toBe("installed");
    expect(await builds()).toHaveLength(1);
    expect(await builds()).not.toEqual(before);
  });

  test("takes a folder, and replaces another version", async () => {
    await add("lantern");
    const folder = await lanternCopy((game) => `${game}\n// changed`);
    await add(folder);
    const { record } = await registry.need("lantern");
    expect(record.origin).toBe(folder);
    expect(await builds()).toEqual([record.build]);
  });

  test("takes a git URL and records the commit", async () => {
    const folder = await lanternCopy();
    const git = (...args: string[]) =>
      Bun.spawnSync(["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args]);
    for (const args of [
      ["init", "-q"],
      ["add", "."],
      ["commit", "-q", "-m", "x"],
    ])
      expect(git(...args).exitCode).toBe(0);
    const commit = git("rev-parse", "HEAD").stdout.toString().trim();
    await add(`file://${folder}`);
    expect((await registry.need("lantern")).record.origin).toBe(`file://${folder}#${commit}`);
  });

  test("changes nothing when the plan is declined", async () => {
    expect((await add("lantern", { confirm: async () => false })).status).toBe("declined");
    expect(await names()).toEqual([]);
    expect(await readdir(registry.folder)).toEqual([]);
  });

  test("lists nothing when the plugin breaks the protocol, and says what it breaks", async () => {
    const folder = await lanternCopy((game) => game.replace('process.env.LANTERN_FAULT ?? ""', '"any-task"'));
    const fault = await faultOf(add(folder));
    expect(fault?.code).toBe("verification-failed");
    expect(fault?.message).toContain("unknown-task (refuses an unknown task)");
    expect(await names()).toEqual([]);
    expect(await builds()).toEqual([]);
  });

  test("keeps the installed version when a new one fails", async () => {
    await add("lantern");
    const { record } = await registry.need("lantern");
    const folder = await lanternCopy(() => "process.exit(1)");
    expect((await faultOf(add(folder)))?.code).toBe("verification-failed");
    expect((await registry.need("lantern")).record).toEqual(record);
    expect(await builds()).toEqual([record.build]);
  });

  test.each(["source", "verify"])(
    "lists nothing after an interruption (%s), and removes the remains the next time",
    async (phase) => {
      const abort = new AbortController();
      const listener = (event: InstallEvent) => {
        if (event.phase === phase) abort.abort();
      };
      expect((await faultOf(add("lantern", { listener, signal: abort.signal })))?.code).toBe("cancelled");
      await mkdir(join(registry.rootOf("lantern"), "builds", "left-by-a-kill", "source"), { recursive: true });
      expect(await names()).toEqual([]);
      await add("lantern");
      expect(await builds()).toEqual([(await registry.need("lantern")).record.build]);
    },
  );

  test("waits for nobody: another installation of the same plugin is an error that names it", async () => {
    await mkdir(registry.folder, { recursive: true });
    const lock = await acquireLock(join(registry.folder, ".lantern.lock"), "installing");
    const fault = await faultOf(add("lantern"));
    expect(fault?.code).toBe("busy");
    expect(fault?.message).toContain(`process ${process.pid}, installing`);
    if ("release" in lock) await lock.release();
    await add("lantern");
  });

  test.each([
    ["a name that nobody knows", "lantrn", "unknown-plugin"],
    ["a folder without plugin.json", "/usr", "not-a-plugin"],
  ])("refuses %s", async (_, given, code) => {
    const fault = await faultOf(add(given === "/usr" ? join(fixturesFolder, "..") : given));
    expect(fault?.code).toBe(code);
  });

  test("names the plugins it knows when it does not know one", async () => {
    expect((await faultOf(add("lantrn")))?.message).toContain("Known by name: apprentice, lantern, parrot, unsteady.");
  });

  test("a trainer is installed after it has trained", async () => {
    const outcome = await add("apprentice");
    expect(outcome.status === "installed" && outcome.certificate.checks.map((check) => check.status)).not.toContain(
      "failed",
    );
    const trainer = await openTrainer(registry, "apprentice", { environment: process.env, automemVersion: "0.0.0" });
    expect(trainer.ready.name).toBe("apprentice");
    await trainer.close();
  });

  test("an engine is installed with the checks that need no model", async () => {
    const outcome = await add("parrot");
    expect(outcome.status).toBe("installed");
    const fault = await faultOf(openGame(registry, "parrot", { environment: process.env, automemVersion: "0.0.0" }));
    expect(fault?.code).toBe("wrong-kind");
  });
});

describe("assets", () => {
  const archive = tarGz([{ name: "way.txt", content: "straight on" }]);
  const online =
    (body: string | Uint8Array<ArrayBuffer>, status = 200): AddDependencies["fetch"] =>
    () =>
      Promise.resolve(new Response(body, { status }));

  async function playsMapped(): Promise<boolean> {
    const game = await openGame(registry, "lantern", { environment: process.env, automemVersion: "0.0.0" });
    const fault = await faultOf(game.reset({ task: "mapped", seed: 1, options: {} }));
    await game.close();
    return fault === undefined;
  }

  test("one that cannot be downloaded and is not needed is a warning that says what to do; the rest works", async () => {
    expect((await add("lantern")).status).toBe("installed");
    const warning = events.find((event) => event.warning);
    expect(warning?.message).toContain("map is left out: the download failed (no route to host");
    expect(warning?.message).toContain("mapped will not work until it is given: add again with --assets map=FILE");
    expect(await playsMapped()).toBe(false);
  });

  test("is downloaded, unpacked and used", async () => {
    await add("lantern", {}, { fetch: online(archive) });
    expect(await playsMapped()).toBe(true);
  });

  test("that was missing is brought by adding again, without building anew", async () => {
    await add("lantern");
    const before = await builds();
    const path = join(home, "given.tar.gz");
    await writeFile(path, archive);
    expect((await add("lantern", { assets: [path] })).status).toBe("installed");
    expect(await playsMapped()).toBe(true);
    expect(await builds()).toEqual(before);
    const { paths, record } = await registry.need("lantern");
    const certificate = await readCertificate(paths.certificate, record.contentHash);
    expect(certificate?.determinism?.episodes.map((episode) => episode.task)).toEqual(["default", "mapped"]);
  });

  test("is taken from a folder, by name", async () => {
    await Bun.write(join(home, "levels", "way.txt"), "x");
    await add("lantern", { assets: [`map=${join(home, "levels")}`] });
    expect(await playsMapped()).toBe(true);
  });

  test("a failed download is told with its status", async () => {
    await add("lantern", {}, { fetch: online("gone", 404) });
    expect(events.find((event) => event.warning)?.message).toContain("HTTP 404");
  });

  test("a hostile archive ends the installation", async () => {
    const hostile = tarGz([{ name: "../../evil", content: "x" }]);
    expect((await faultOf(add("lantern", {}, { fetch: online(hostile) })))?.code).toBe("bad-asset");
    expect(await names()).toEqual([]);
    expect(await readdir(join(registry.rootOf("lantern"), "assets"))).toEqual([]);
  });

  test("a path that does not exist, or belongs to nothing, is a mistake of the user", async () => {
    expect((await faultOf(add("lantern", { assets: ["/nowhere/x.tar.gz"] })))?.code).toBe("bad-asset");
    expect((await faultOf(add("parrot", { assets: [home] })))?.message).toContain("it has no assets");
  });
});

describe("the registry", () => {
  test("removes a plugin with all its files, once", async () => {
    await add("lantern");
    expect(await registry.remove("lantern")).toBe(true);
    expect(await names()).toEqual([]);
    expect(await readdir(registry.folder)).toEqual([]);
    expect(await registry.remove("lantern")).toBe(false);
    expect(await registry.remove("../lantern")).toBe(false);
  });

  test("keeps a damaged plugin apart from the whole ones, and add mends it", async () => {
    await add("lantern");
    await add("parrot");
    await writeFile(join(registry.rootOf("lantern"), "installed.json"), '{"schema":');
    const { plugins, broken } = await registry.list();
    expect(plugins.map((plugin) => plugin.record.name)).toEqual(["parrot"]);
    expect(broken[0]).toMatchObject({ name: "lantern" });
    expect(broken[0]?.problem).toContain("automem plugin add lantern --force");
    await add("lantern");
    expect(await names()).toEqual(["lantern", "parrot"]);
  });

  test("says how to install what is missing", async () => {
    const fault = await faultOf(registry.need("crafter"));
    expect(fault?.code).toBe("plugin-missing");
    expect(fault?.message).toContain("automem plugin add crafter");
  });
});
