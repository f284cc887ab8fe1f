/** Static copies: what they answer, what is not in them, and how they are written. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Hono } from "hono";
import { copyPolicy } from "../../src/web/copy/index-html.ts";
import { strictHeaders } from "../../src/web/security.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { answersOf, copyOf, filesOf, unpack } from "./copy-support.ts";
import { playRing } from "./ring-runs.ts";
import { type TestServer, testServer } from "./support.ts";

let server: TestServer;
let other: string;
let key: string;
let stoppedKey: string;
let folder: string;

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${server.origin}/api${path}`);
  return { status: answer.status, body: await answer.json() };
}

beforeAll(async () => {
  server = await testServer();
  other = await playRing(server.filled.store, { seeds: [1, 2], steps: 9 });
  const keysOf = async (run: string) =>
    ((await get(`/runs/${run}`)).body as { episodes: { key: string }[] }).episodes.map((episode) => episode.key);
  key = (await keysOf(server.filled.finished))[0]!;
  stoppedKey = (await keysOf(server.filled.stopped))[0]!;
  folder = join(freshFolder(), "copy");
  await copyOf(server.filled.store, folder);
});

afterAll(async () => {
  await server.stop();
  removeFolders();
});

describe("a copy answers as the server does", () => {
  const paths: [what: string, path: () => string][] = [
    ["the runs", () => "/runs"],
    ["runs that are searched, sorted and paged", () => "/runs?search=ring&sort=steps&order=up&offset=1&limit=1"],
    ["runs of a state", () => "/runs?state=stopped"],
    ["a filter that is none", () => "/runs?sort=nothing"],
    ["a run", () => `/runs/${server.filled.finished}`],
    ["a part of its episodes", () => `/runs/${server.filled.finished}?search=s2&sort=score&order=down`],
    ["a run under way", () => `/runs/${server.filled.stopped}`],
    ["an episode", () => `/runs/${server.filled.finished}/episodes/${key}`],
    ["an episode under way", () => `/runs/${server.filled.stopped}/episodes/${stoppedKey}`],
    ["a time line", () => `/runs/${server.filled.finished}/episodes/${key}/timeline`],
    ["a part of one", () => `/runs/${server.filled.stopped}/episodes/${stoppedKey}/timeline?from=200&to=260&points=7`],
    ["a step", () => `/runs/${server.filled.finished}/episodes/${key}/steps/3`],
    ["the first step", () => `/runs/${server.filled.finished}/episodes/${key}/steps/0`],
    ["a step of a later segment", () => `/runs/${server.filled.stopped}/episodes/${stoppedKey}/steps/258`],
    ["a search", () => `/runs/${server.filled.finished}/episodes/${key}/search?words=ROOM`],
    ["a line of memory", () => `/runs/${server.filled.finished}/episodes/${key}/line?file=notes.md&line=%23%20Notes`],
    ["episodes to lay beside", () => `/runs/${server.filled.finished}/episodes/${key}/beside`],
    ["a comparison", () => `/compare?runs=${server.filled.finished},${other},${server.filled.stopped}`],
    ["a comparison of one", () => `/compare?runs=${other}`],
    ["two episodes", () => `/side?left=${server.filled.finished}/${key}&right=${other}/${key}`],
    ["where they part", () => `/side/differences?left=${server.filled.finished}/${key}&right=${other}/${key}`],
    ["their memory", () => `/side/memory?left=${server.filled.finished}/${key}&right=${other}/${key}&step=8`],
    ["campaigns", () => "/campaigns"],
    ["datasets", () => "/datasets"],
    ["adapters", () => "/adapters"],
    ["plugins", () => "/plugins"],
    ["models", () => "/models"],
  ];
  for (const [what, path] of paths) {
    test(what, async () => {
      const copied = await answersOf(folder)(path());
      let served = await get(path());
      // An answer on a time line takes a bounded time and says how much of it is known.
      for (let more = 0; more < 20 && isUnfinished(served.body); more++) served = await get(path());
      const good = served.status === 200;
      expect(copied.status === 200).toBe(good);
      if (good) expect(copied.body).toEqual(served.body);
      else expect(codeOf(copied.body)).toBe(codeOf(served.body));
    });
  }

  test("all steps of all episodes", async () => {
    const ask = answersOf(folder);
    for (const [run, steps] of [
      [server.filled.finished, 6],
      [other, 9],
    ] as const) {
      // What was seen after the last action stands in a step of its own.
      for (let step = 0; step <= steps + 1; step++) {
        const path = `/runs/${run}/episodes/${key}/steps/${step}`;
        const [copied, served] = [await ask(path), await get(path)];
        if (step <= steps) expect(copied).toEqual(served);
        else expect(codeOf(copied.body)).toBe(codeOf(served.body));
      }
    }
  });

  test("what it has not: it says so", async () => {
    const ask = answersOf(folder);
    for (const path of ["/runs/none", "/runs/../../etc", "/forms", "/campaigns/x/scaffolds?from=../..&to=y", "/jobs"])
      expect(codeOf((await ask(path)).body)).toBe("not-in-copy");
  });
});

function isUnfinished(body: unknown): boolean {
  const { known, segments } = body as { known?: number; segments?: number };
  return known !== undefined && known !== segments;
}

function codeOf(body: unknown): string {
  return (body as { error: { code: string } }).error.code;
}

describe("a copy of some runs", () => {
  test("has those and nothing of the others", async () => {
    const some = join(freshFolder(), "some");
    const done = await copyOf(server.filled.store, some, { references: [other.slice(0, -1), other] });
    expect(done).toMatchObject({ of: "1 run", episodes: 2 });
    const ask = answersOf(some);
    expect((await ask("/runs")).body).toMatchObject({ total: 1, runs: [{ id: other }] });
    expect(codeOf((await ask(`/runs/${server.filled.finished}`)).body)).toBe("not-in-copy");
    expect((await ask(`/runs/${other}/episodes/${key}/beside`)).body).toEqual({ episodes: [], matching: 0 });
    // What is installed here is nobody's business.
    expect(codeOf((await ask("/plugins")).body)).toBe("not-in-copy");
    const names = filesOf(some).join("\n");
    expect(names).not.toContain(server.filled.finished);
    for (const path of filesOf(some)) {
      if (path.startsWith("data/"))
        expect(JSON.stringify(unpack(await readFile(join(some, path), "utf8")))).not.toContain(server.filled.finished);
    }
  });

  test("that there are not is refused", async () => {
    const none = join(freshFolder(), "none");
    await expect(copyOf(server.filled.store, none, { references: ["nothing"] })).rejects.toMatchObject({
      code: "unknown-run",
    });
    expect(existsSync(none)).toBe(false);
  });
});

describe("what is private", () => {
  test("is in no file of a copy", async () => {
    const run = await playRing(server.filled.store, {
      seeds: [7],
      steps: 3,
      commandLine: ["run", "--model", "llama-cpp:/srv/models/of someone/own.gguf", "--log=/home/ada/x/y.log"],
      look: () => `You see /home/ada/notes, /dungeon/door/key and hunter2hunter2.`,
    });
    const own = join(freshFolder(), "own");
    const home = dirname(server.filled.store.folder);
    const environment = { HOME: "/home/ada", SOME_API_KEY: "hunter2hunter2" };
    await copyOf(server.filled.store, own, { references: [run] }, environment);
    let all = "";
    for (const path of filesOf(own)) {
      const text = await readFile(join(own, path), "utf8");
      all += path.startsWith("data/") ? JSON.stringify(unpack(text)) : path.endsWith(".js") ? "" : text;
    }
    for (const word of [home, "/home/ada", "/srv/models", "someone", "hunter2", process.cwd(), server.token]) {
      expect({ word, found: all.includes(word) }).toEqual({ word, found: false });
    }
    // What the game showed is otherwise word for word.
    expect(all.includes("You see ~/notes, /dungeon/door/key and (removed).")).toBe(true);
    const { commandLine } = (await answersOf(own)(`/runs/${run}`)).body as { commandLine: string[] };
    expect(commandLine).toEqual(["run", "--model", "llama-cpp:…/own.gguf", "--log=~/x/y.log"]);
  });
});

describe("hostile text", () => {
  const hostile = `</script><script>alert(1)</script> \u2028\u2029 "); alert(2); //\n{"__proto__":{"x":1}} \u202e\u001b[31m ${"a".repeat(9_000)}`;

  test("stays text, and cannot end the script that it stands in", async () => {
    const run = await playRing(server.filled.store, { seeds: [8], steps: 2, look: () => hostile });
    const own = join(freshFolder(), "hostile");
    await copyOf(server.filled.store, own, { references: [run] });
    for (const path of filesOf(own).filter((name) => name.startsWith("data/"))) {
      // `unpack` takes nothing but a call with a name and base64.
      expect(`data/${unpack(await readFile(join(own, path), "utf8")).name}.js`).toBe(path);
    }
    const { episodes } = (await answersOf(own)(`/runs/${run}`)).body as { episodes: { key: string }[] };
    const step = (await answersOf(own)(`/runs/${run}/episodes/${episodes[0]!.key}/steps/1`)).body as {
      observation: { observation: { long: string } };
    };
    expect(step.observation.observation.long).toBe(hostile);
    expect(await readFile(join(own, "index.html"), "utf8")).not.toMatch(/<script(?![^>]*src=)|style=|onload/);
  });

  test("meets a policy that is as strict as the server's", async () => {
    const headers = (await new Hono().use(strictHeaders()).request("/")).headers;
    const served = (headers.get("content-security-policy") ?? "").split("; ");
    const copied = copyPolicy.split("; ");
    for (const directive of served) {
      const [name = "", ...values] = directive.replace(/;$/, "").split(" ");
      // Not to be said in a meta element; nothing may be asked at all.
      if (name === "frame-ancestors" || name === "connect-src") continue;
      const own =
        copied
          .find((one) => one.startsWith(`${name} `))
          ?.split(" ")
          .slice(1) ?? [];
      expect(own.filter((value) => !values.includes(value) && value !== "file:")).toEqual([]);
      expect(own.length).toBeGreaterThan(0);
    }
    expect(copyPolicy).not.toMatch(/unsafe|\*|https?:/);
    expect(copyPolicy).not.toContain("connect-src");
    expect(copyPolicy).toContain("default-src 'none'");
  });
});

describe("the folder", () => {
  const copyInto = (path: string, more: Parameters<typeof copyOf>[2] = {}) =>
    copyOf(server.filled.store, path, { references: [other], ...more });

  test("may be new, empty, or a former copy, which is replaced as a whole", async () => {
    const path = join(freshFolder(), "deep", "er");
    await copyInto(path);
    const first = filesOf(path);
    await copyInto(path, { references: [server.filled.finished] });
    expect(filesOf(path)).not.toEqual(first);
    expect(await readdir(dirname(path))).toEqual(["er"]);
    const empty = join(freshFolder(), "empty");
    await mkdir(empty, { recursive: true });
    await copyInto(empty);
    expect(filesOf(empty)).toContain("index.html");
  });

  test("is left alone if anything else is in it", async () => {
    const path = join(freshFolder(), "mine");
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "thesis.txt"), "years of work");
    await expect(copyInto(path)).rejects.toMatchObject({ code: "output-folder" });
    expect(filesOf(path)).toEqual(["thesis.txt"]);
    const former = join(freshFolder(), "former");
    await copyInto(former);
    await writeFile(join(former, "notes.txt"), "mine");
    await expect(copyInto(former)).rejects.toMatchObject({ code: "output-folder" });
    expect(await readFile(join(former, "notes.txt"), "utf8")).toBe("mine");
    const file = join(freshFolder(), "file");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "");
    await expect(copyInto(file)).rejects.toMatchObject({ code: "output-folder" });
  });

  test("is as it was when the work is stopped, and nothing is left beside it", async () => {
    const path = join(freshFolder(), "stopped");
    await copyInto(path);
    const before = filesOf(path);
    const stop = new AbortController();
    const references: string[] = [];
    const stopped = copyInto(path, { references, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(filesOf(path)).toEqual(before);
    expect(await readdir(dirname(path))).toEqual(["stopped"]);
    const never = join(dirname(path), "never");
    const again = new AbortController();
    await expect(copyInto(never, { signal: again.signal, onProgress: () => again.abort() })).rejects.toThrow();
    expect(await readdir(dirname(path))).toEqual(["stopped"]);
  });
});
