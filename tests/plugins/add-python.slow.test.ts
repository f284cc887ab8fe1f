/** The whole way of a Python plugin, with packages from the user's index. Part of `bun run verify`; left out otherwise, as it needs an index. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/platform/clock.ts";
import { type AddDependencies, addPlugin } from "../../src/plugins/install/add.ts";
import { firstPartyFolder } from "../../src/plugins/install/first-party.ts";
import { newPlugin } from "../../src/plugins/new-plugin.ts";
import { openGame } from "../../src/plugins/open.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";

describe.skipIf(process.env.AUTOMEM_TEST_HOME === undefined)("with an index", () => {
  let home: string;
  let dependencies: AddDependencies;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "automem-slow-"));
    dependencies = {
      registry: new PluginRegistry(home),
      firstParty: firstPartyFolder(join(import.meta.dir, "..", "..", "plugins")),
      automemVersion: "0.0.0",
      environment: process.env,
      clock: systemClock,
      fetch: () => Promise.reject(new Error("no assets here")),
    };
  });
  afterAll(() => rm(home, { recursive: true }));

  test("courier is installed, certified and played", async () => {
    const outcome = await addPlugin({ plugin: "courier", listener: () => undefined }, dependencies);
    expect(outcome.status === "installed" && outcome.certificate.checks.map((check) => check.status)).not.toContain(
      "failed",
    );
    const game = await openGame(dependencies.registry, "courier", {
      environment: process.env,
      automemVersion: "0.0.0",
    });
    const start = await game.reset({ task: "tiny", seed: 1, options: {} });
    expect((await game.step(start.defaultAction)).valid).toBe(true);
    await game.close();
  }, 300_000);

  test("what `plugin new` writes passes as it stands", async () => {
    await newPlugin("tea-house", join(home, "tea-house"), dependencies.firstParty);
    const outcome = await addPlugin({ plugin: join(home, "tea-house"), listener: () => undefined }, dependencies);
    expect(outcome.status === "installed" && outcome.certificate.passed).toBe(true);
  }, 300_000);
});
