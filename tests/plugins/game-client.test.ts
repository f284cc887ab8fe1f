import { afterEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AutomemError, ConfigError, GameError } from "../../src/core/errors.ts";
import { liveChildren } from "../../src/platform/child-registry.ts";
import { type GameClient, type GameLimits, startGame } from "../../src/plugins/game-client.ts";
import type { Launch } from "../../src/plugins/plugin-process.ts";
import { fixtureSubject, fixturesFolder } from "../fixtures/plugins/subject.ts";

const quick: Partial<GameLimits> = {
  resetMs: 1500,
  closeMs: 100,
  ladder: { afterEndMs: 200, afterTermMs: 200 },
};
const open: GameClient[] = [];

async function start(mode: string, limits: Partial<GameLimits> = quick): Promise<GameClient> {
  const launch: Launch = {
    name: "misbehave",
    command: "python3",
    args: [join(fixturesFolder, "misbehave.py"), mode],
    env: { PATH: process.env.PATH!, HOME: "/nowhere", SECRET_OF_THE_PLUGIN: "1" },
  };
  const game = await startGame(launch, { automemVersion: "0.0.0", pluginHash: "f".repeat(64), limits });
  open.push(game);
  return game;
}

async function faultOf(work: Promise<unknown>): Promise<AutomemError> {
  const outcome = await work.then(
    () => undefined,
    (cause: AutomemError) => cause,
  );
  if (outcome === undefined) throw new Error("it did not fail");
  return outcome;
}

const reset = { task: "default", seed: 42, options: {} };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((game) => game.close()));
  expect(liveChildren()).toEqual([]);
});

describe("a plugin that breaks down", () => {
  test("exits during a call: the error names code, call, seed and the last lines", async () => {
    const fault = await faultOf((await start("exit")).reset(reset));
    expect(fault).toBeInstanceOf(GameError);
    expect(fault.code).toBe("process-lost");
    expect(fault.retryable).toBe(true);
    expect(fault.message).toBe(
      "misbehave plugin exited (code 1) during reset, task default, seed 42. Last lines:\nthe roof is on fire\nsecond line",
    );
  });

  test("is killed: the error names the signal", async () => {
    expect((await faultOf((await start("killed")).reset(reset))).message).toContain("exited (signal SIGKILL)");
  });

  test("ends in the middle of a frame", async () => {
    expect((await faultOf((await start("half-frame")).reset(reset))).code).toBe("process-lost");
  });

  test("closes its stdout and stays: it is stopped", async () => {
    const game = await start("closes-stdout");
    expect((await faultOf(game.reset(reset))).code).toBe("process-lost");
    expect((await game.process.exited).signal).toBe("SIGKILL");
  });

  test("hangs: the call ends at its time limit and the process is stopped", async () => {
    const game = await start("hang");
    const fault = await faultOf(game.reset(reset));
    expect(fault.code).toBe("timeout");
    expect(fault.message).toContain("gave no answer within 1.5 s during reset");
    expect((await game.process.exited).signal).toBe("SIGKILL");
    expect((await faultOf(game.step("stay"))).code).toBe("process-lost");
  });

  test("ignores the end of stdin and SIGTERM: close ends it all the same", async () => {
    const game = await start("ignores-everything");
    await game.close();
    expect((await game.process.exited).signal).toBe("SIGKILL");
  });

  test("leaves a grandchild: close ends it too", async () => {
    const game = await start("grandchild");
    const pid = Number((await game.reset(reset)).info.grandchild);
    expect(isAlive(pid)).toBe(true);
    await game.close();
    while (isAlive(pid) && !isZombie(pid)) await Bun.sleep(5);
  });
});

/** Without a parent that reaps it a killed grandchild stays a zombie in some containers. */
function isZombie(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return true;
  return Bun.spawnSync(["grep", "-q", "^State:.Z", `/proc/${pid}/status`]).exitCode === 0;
}

describe("a plugin that breaks the wire is stopped with a typed error", () => {
  const modes: [mode: string, words: string][] = [
    ["prints", "hello from print"],
    ["flood", "outside a frame"],
    ["header-flood", "outside a frame"],
    ["huge-frame", "1000000000000 bytes"],
    ["not-json", "not JSON"],
    ["not-json-rpc", "not a JSON-RPC 2.0 message"],
    ["no-length", "without a length"],
  ];
  test.each(modes)("%s: %s", async (mode, words) => {
    const game = await start(mode);
    const fault = await faultOf(game.reset(reset));
    expect(fault).toBeInstanceOf(GameError);
    expect(fault.code).toBe("bad-frame");
    expect(fault.message).toContain(words);
    await game.process.exited;
  });
});

describe("a plugin whose answers do not fit the protocol", () => {
  test.each([
    ["bad-progress", "progress"],
    ["bad-default", "defaultAction is not among the actions"],
    ["twice-named", "an action name stands twice"],
  ])("%s: %s", async (mode, words) => {
    const fault = await faultOf((await start(mode)).reset(reset));
    expect(fault.code).toBe("bad-response");
    expect(fault.message).toContain(words);
  });

  test("names its own fault: code and last lines are passed on", async () => {
    const fault = await faultOf((await start("fails")).reset(reset));
    expect(fault).toBeInstanceOf(GameError);
    expect(fault.code).toBe("flat");
    expect(fault.message).toContain("it broke");
    expect(fault.message).toContain("the world is flat");
  });
});

test("a program that does not exist cannot be started", async () => {
  const launch: Launch = { name: "ghost", command: "/nowhere/ghost", args: [], env: {} };
  const fault = await faultOf(startGame(launch, { automemVersion: "0.0.0", pluginHash: "" }));
  expect(fault.code).toBe("cannot-start");
  expect(fault.message).toContain("/nowhere/ghost");
});

test("a plugin gets the environment it was given and a fresh folder that is gone after close", async () => {
  process.env.AUTOMEM_TEST_SECRET = "do not pass on";
  const game = await start("well");
  const { info } = await game.reset(reset);
  delete process.env.AUTOMEM_TEST_SECRET;
  const environment = info.environment as Record<string, string>;
  expect(environment.AUTOMEM_TEST_SECRET).toBeUndefined();
  expect(environment.SECRET_OF_THE_PLUGIN).toBe("1");
  expect(environment.TMPDIR).toBe(info.cwd as string);
  await game.close();
  expect(existsSync(String(info.cwd))).toBe(false);
});

test("no plugin is left when automem is killed and can do nothing about it", async () => {
  const program = Bun.spawn([process.execPath, join(fixturesFolder, "open-and-wait.ts")], { stdout: "pipe" });
  const { value } = await program.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  expect(isAlive(pid)).toBe(true);
  program.kill("SIGKILL");
  await program.exited;
  while (isAlive(pid) && !isZombie(pid)) await Bun.sleep(5);
});

describe("a game that behaves", () => {
  async function lantern(): Promise<GameClient> {
    const { launch } = await fixtureSubject("lantern");
    const game = await startGame(launch, { automemVersion: "0.0.0", pluginHash: "a".repeat(64) });
    open.push(game);
    return game;
  }

  test("is reset, played, drawn and identified", async () => {
    const game = await lantern();
    expect(game.identity).toEqual({
      name: "lantern",
      version: "1.0.0",
      pluginHash: "a".repeat(64),
      packages: { bun: Bun.version },
      clockFrozen: null,
    });
    const start = await game.reset({ task: "default", seed: 3, options: { text: "loud" } });
    expect(start.observation.long).toStartWith("YOU STAND AT 0.");
    const played = await game.step("fly");
    expect([played.valid, played.executed]).toEqual([false, "wait"]);
    expect((await game.render())?.slice(1, 4)).toEqual(new TextEncoder().encode("PNG"));
  });

  test("refuses a bad task or option as a mistake of the user, and plays on", async () => {
    const game = await lantern();
    for (const spec of [
      { task: "nowhere", seed: 1, options: {} },
      { task: "default", seed: 1, options: { colour: "red" } },
    ]) {
      const fault = await faultOf(game.reset(spec));
      expect(fault).toBeInstanceOf(ConfigError);
      expect(fault.code).toBe("bad-params");
    }
    await game.reset({ task: "default", seed: 1, options: {} });
  });

  test("names a missing asset as something the user can bring", async () => {
    const fault = await faultOf((await lantern()).reset({ task: "mapped", seed: 1, options: {} }));
    expect(fault).toBeInstanceOf(ConfigError);
    expect(fault.code).toBe("missing-asset");
    expect(fault.message).toContain("--assets");
  });

  test("plays calls made at once in their order", async () => {
    const game = await lantern();
    await game.reset({ task: "default", seed: 1, options: {} });
    const turns = await Promise.all([game.step("walk"), game.step("wait"), game.step("walk")]);
    expect(turns.map((turn) => turn.observation.short)).toEqual(["turn 1", "turn 2", "turn 3"]);
  });
});
