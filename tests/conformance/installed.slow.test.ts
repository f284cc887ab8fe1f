/**
 * The first-party plugins as `bun run verify` installs them (AUTOMEM_TEST_HOME): the conformance suites, and every golden episode.
 * Left out otherwise.
 */
import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../src/platform/clock.ts";
import { failuresOf, readCertificate } from "../../src/plugins/certificate.ts";
import { trainerChecks } from "../../src/plugins/checks/trainer-checks.ts";
import { formatDifference } from "../../src/plugins/golden/format-difference.ts";
import { type GoldenResult, verifyGolden } from "../../src/plugins/golden/verify-golden.ts";
import { launchOf } from "../../src/plugins/launch.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";
import { verifyPlugin } from "../../src/plugins/verify.ts";

const home = process.env.AUTOMEM_TEST_HOME;
const registry = new PluginRegistry(home ?? "");
const golden = join(import.meta.dir, "..", "fixtures", "golden");
const minuteMs = 60_000;
/** A large plugin; verify leaves it out where it cannot be had. */
const trainer = await registry.find("trl");

/** Files under the folders that end so, sorted. */
async function filesOf(ending: string, ...folders: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true });
    found.push(...names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name)));
  }
  return found.sort();
}

/** A line for people: nothing for an equal file. */
function problem(result: GoldenResult): string[] {
  if (result.status === "passed") return [];
  if (result.status === "different") return [result.file, ...formatDifference(result.difference)];
  return [`${result.file}: ${result.reason}`];
}

describe.skipIf(home === undefined)("installed", () => {
  test.each(["courier", "crafter", "minihack", "nethack"])(
    "%s keeps the contract of a game",
    async (name) => {
      const { manifest, paths, record } = await registry.need(name);
      const launch = launchOf(manifest, paths, { environment: process.env });
      const subject = { manifest, contentHash: record.contentHash, launch };
      const certificate = await verifyPlugin(subject, { automemVersion: "0.0.0", clock: systemClock });
      expect(failuresOf(certificate)).toEqual([]);
      expect(certificate.determinism?.episodes.length).toBeGreaterThan(0);
    },
    5 * minuteMs,
  );

  test.each<[name: string, folders: string[]]>([
    ["crafter", ["crafter", "balrog-tree/crafter"]],
    ["minihack", ["minihack", "balrog-tree/minihack", "boxoban-synthetic"]],
    ["nethack", ["nethack", "balrog-tree/nle"]],
  ])(
    "%s plays its golden episodes as they were recorded",
    async (name, folders) => {
      const { manifest, paths } = await registry.need(name);
      const files = await filesOf(".jsonl.gz", ...folders.map((folder) => join(golden, folder)));
      expect(files.length).toBeGreaterThan(0);
      const launch = launchOf(manifest, paths, { environment: process.env });
      const results = await verifyGolden(launch, files, { automemVersion: "0.0.0", parallel: 2 });
      // Only the levels of Boxoban, which are in no package, may be absent here.
      const isMissingLevels = (result: GoldenResult) =>
        result.status === "skipped" && /\/MiniHack-Boxoban-/.test(result.file);
      expect(results.filter((result) => !isMissingLevels(result)).flatMap(problem)).toEqual([]);
      expect(results.some((result) => result.status === "passed")).toBe(true);
    },
    5 * minuteMs,
  );

  test(
    "llama-cpp keeps the contract of an engine, with a real model",
    async () => {
      const { manifest, paths, record } = await registry.need("llama-cpp");
      const [model] = await filesOf(".gguf", join(home!, "models"));
      expect(model).toBeDefined();
      const launch = launchOf(manifest, paths, { environment: process.env });
      const subject = { manifest, contentHash: record.contentHash, launch };
      const certificate = await verifyPlugin(subject, { automemVersion: "0.0.0", clock: systemClock, model });
      expect(failuresOf(certificate)).toEqual([]);
      expect(certificate.checks.filter((check) => check.status === "skipped")).toEqual([]);
    },
    5 * minuteMs,
  );

  test.skipIf(trainer === undefined)("trl kept the whole contract of a trainer when it was installed", async () => {
    const { paths, record } = trainer!;
    const certificate = await readCertificate(paths.certificate, record.contentHash);
    expect(certificate!.checks.map(({ name, status }) => `${name}: ${status}`)).toEqual(
      trainerChecks.map(({ name }) => `${name}: passed`),
    );
  });
});
