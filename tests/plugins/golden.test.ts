import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { startGame } from "../../src/plugins/game-client.ts";
import { formatDifference } from "../../src/plugins/golden/format-difference.ts";
import { type GoldenResult, verifyGolden } from "../../src/plugins/golden/verify-golden.ts";
import { fixtureSubject } from "../fixtures/plugins/subject.ts";

type Line = Record<string, unknown>;
let folder: string;
let recording: Line[];

/** Records an episode of the fixture in the format of the golden files. */
async function record(seed: number, played: readonly string[]): Promise<Line[]> {
  const game = await startGame((await fixtureSubject("lantern")).launch, { automemVersion: "0.0.0", pluginHash: "" });
  try {
    const start = await game.reset({ task: "default", seed, options: { text: "loud" } });
    const names = start.actions.map((action) => action.name);
    const lines: Line[] = [
      {
        kind: "meta",
        format: 1,
        game: "lantern",
        task: "default",
        seed,
        tree: "loud",
        max_steps: 9,
        actions: names,
        default_action: "wait",
      },
      {
        t: -1,
        action: null,
        obs_long: start.observation.long,
        obs_short: start.observation.short,
        progression: 0,
        info_subset: {},
      },
    ];
    for (const [t, action] of played.entries()) {
      const { observation, valid, executed, reward, terminated, truncated, progress } = await game.step(action);
      const replaced = valid ? {} : { executed };
      lines.push({
        t,
        action,
        valid,
        ...replaced,
        obs_long: observation.long,
        obs_short: observation.short,
        reward,
        terminated,
        truncated,
        progression: progress,
      });
    }
    lines.push({ kind: "end", why: "done", num_steps: played.length });
    return lines;
  } finally {
    await game.close();
  }
}

async function write(name: string, lines: readonly Line[]): Promise<string> {
  const path = join(folder, `${name}.jsonl.gz`);
  await writeFile(path, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
  return path;
}

async function verify(files: readonly string[], environment: Record<string, string> = {}): Promise<GoldenResult[]> {
  const { launch } = await fixtureSubject("lantern", environment);
  return verifyGolden(launch, files, { automemVersion: "0.0.0", parallel: 2 });
}

const changed = (index: number, change: Line): Line[] =>
  recording.map((line, at) => (at === index ? { ...line, ...change } : line));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-golden-"));
  recording = await record(5, ["walk", "fly", "walk", "look"]);
});
afterAll(() => rm(folder, { recursive: true }));

test("passes recordings that the game gives again, many over few processes, in order", async () => {
  const files: string[] = [];
  for (const seed of [1, 2, 3, 4, 5]) files.push(await write(`same-${seed}`, await record(seed, ["walk", "", "wait"])));
  expect(await verify(files)).toEqual(files.map((file) => ({ file, status: "passed", steps: 3 })));
});

test.each([
  ["actions", 0, { actions: ["wait", "walk", "look"] }, -1],
  ["default_action", 0, { default_action: "walk" }, -1],
  ["max_steps", 0, { max_steps: 10 }, -1],
  ["obs_long", 1, { obs_long: "elsewhere" }, -1],
  ["progression", 1, { progression: 0.5 }, -1],
  ["valid", 3, { valid: true }, 1],
  ["executed", 3, { executed: "walk" }, 1],
  ["obs_long", 2, { obs_long: "elsewhere" }, 0],
  ["obs_short", 4, { obs_short: "turn 3 " }, 2],
  ["reward", 5, { reward: 1e-12 }, 3],
  ["terminated", 5, { terminated: true }, 3],
  ["truncated", 2, { truncated: true }, 0],
  ["progression", 2, { progression: 0.11111111111111112 }, 0],
])("finds a difference in %s of line %d", async (field, index, change, stepIndex) => {
  const [result] = await verify([await write("changed", changed(index, change as Line))]);
  expect(result).toMatchObject({ status: "different", difference: { field, stepIndex } });
});

test("a task whose asset is missing is skipped with the reason, not passed", async () => {
  const [result] = await verify([await write("mapped", changed(0, { task: "mapped" }))]);
  expect(result?.status).toBe("skipped");
  expect(result?.status === "skipped" && result.reason).toContain("map is missing");
});

test("a recording that names its assets is played with the folder above it, next to others that are not", async () => {
  await Bun.write(join(folder, "own-assets", "map", "way.txt"), "x");
  const lines = changed(0, { task: "mapped", boxoban_dir: "own-assets", max_steps: 12 });
  const files = [
    await write("plain", recording),
    await write("own-assets/episode", lines),
    await write("plain-again", recording),
  ];
  expect((await verify(files)).map((result) => result.status)).toEqual(["passed", "passed", "passed"]);
  const [lost] = await verify([await write("lost", changed(0, { boxoban_dir: "no-such-folder" }))]);
  expect(lost?.status).toBe("skipped");
});

test("a file that is no whole recording fails, and the others are played", async () => {
  const cut = await write("cut", recording.slice(0, -1));
  const short = await write(
    "short",
    recording.filter((_, index) => index !== 3),
  );
  const good = await write("good", recording);
  const results = await verify([cut, short, join(folder, "nothing.jsonl.gz"), good]);
  expect(results.map((result) => result.status)).toEqual(["failed", "failed", "failed", "passed"]);
});

test("a game that breaks down fails the file it was playing", async () => {
  const [result] = await verify([await write("good", recording)], { LANTERN_FAULT: "progress-over-one" });
  expect(result?.status).toBe("failed");
});

test("shows the changed line with a mark under the first changed character, and what lies around it", () => {
  const expected = "one\ntwo\nthree\nfour\nfive six\nseven\neight\nnine\nten";
  const actual = expected.replace("five six", "five sax");
  const difference = { stepIndex: 7, action: "go", field: "obs_long", expected, actual };
  expect(formatDifference(difference)).toEqual([
    'step 7, action "go": obs_long differs (- expected, + actual)',
    "  ... 2 equal lines",
    "  three",
    "  four",
    "- five six",
    "+ five sax",
    "        ^",
    "  seven",
    "  eight",
    "  ... 2 equal lines",
  ]);
});

test("makes visible what the eye would not see", () => {
  const difference = {
    stepIndex: -1,
    action: undefined,
    field: "obs_short",
    expected: "a\u0000b  ",
    actual: "a\u00a0b\\",
  };
  expect(formatDifference(difference).slice(1, 3)).toEqual(["- a\\u0000b\\x20\\x20", "+ a\\u00a0b\\\\"]);
});

test("shows lines that came or went, lists and plain values", () => {
  const base = { stepIndex: -1, action: undefined };
  expect(formatDifference({ ...base, field: "obs_long", expected: "a\nb", actual: "a\nx\ny" })).toEqual([
    "reset: obs_long differs (- expected, + actual)",
    "  a",
    "- b",
    "+ x",
    "+ y",
  ]);
  expect(formatDifference({ ...base, field: "actions", expected: ["n", "s"], actual: ["n"] }).slice(1)).toEqual([
    "  n",
    "- s",
  ]);
  expect(formatDifference({ ...base, field: "reward", expected: 0, actual: 0.5 }).slice(1)).toEqual(["- 0", "+ 0.5"]);
});
