/** The selectors `command` and `claude-code` with stand-in programs, honest and hostile, without a jail and, where bubblewrap works, in one. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findJail } from "../../../src/platform/jail.ts";
import type { Store } from "../../../src/store/store.ts";
import { readTurns } from "../../../src/train/candidates/read-turns.ts";
import type { TrainingEpisode } from "../../../src/train/candidates/training-seeds.ts";
import { faultOf } from "../../inference/support.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { freshStore, recordEpisode, sourceOf } from "../support.ts";
import { chosenPlaces, commandSelector, frameOf, freshRoot, noJail, sensibleProgram, someCriteria } from "./support.ts";

const root = freshRoot();
const found = await findJail();
let store: Store;
let episode: TrainingEpisode;

beforeAll(async () => {
  store = await freshStore();
  episode = await recordEpisode(store, courierEntries("perfect"));
});

afterAll(() => {
  store.close();
  removeFolders();
  rmSync(root, { recursive: true, force: true });
});

const candidates = () => readTurns(sourceOf(store), episode);
/** Writes criteria; what it does with a batch is the test's. */
const ofBatches = (script: string) =>
  `[ -e criteria.md ] || { echo '${someCriteria}' > result/criteria.md; exit 0; }\n${script}`;
const none = ": > result/selection.jsonl";

for (const [where, jail] of [
  ["without a jail", noJail],
  ["in a jail", found],
] as const) {
  if (where === "in a jail" && jail.kind === "none") {
    test.skip(`in a jail: ${jail.reason}`, () => undefined);
    continue;
  }
  const open = (script: string, settings: object = {}, environment: Record<string, string> = {}) =>
    commandSelector(root, script, jail, settings, environment);

  describe(where, () => {
    test("it finds the task, its criteria, and the turns as list, as JSON lines, and each one whole", async () => {
      const script = ofBatches(`cmp README.md CLAUDE.md && cmp README.md AGENTS.md || exit 9
grep -q 'Choose memory decisions' task.md && grep -qx '${someCriteria}' criteria.md || exit 8
[ $(wc -l < turns.jsonl) = 33 ] && [ $(ls turns | wc -l) = 33 ] && grep -q '^t33  step' turns.md || exit 7
grep -q '^> ' turns/t33.md && [ ! -e problems.md ] || exit 6
if grep -qE '[0-9a-f]{64}' turns.jsonl; then exit 5; fi
head -n 4 turns.jsonl | tail -n 1 | sed 's/^{"turn":"\\(t[0-9]*\\)".*"kind":"\\([a-z]*\\)".*/{"turn":"\\1","criterion":"\\2","reason":"fourth"}/' > result/selection.jsonl`);
      expect(await chosenPlaces(store, episode, (await open(script)).selector)).toEqual({ write: ["2 log 0"] });
    });

    test("it is told what is asked and how long, and given no variable that was not named", async () => {
      const script = ofBatches(`env | sort; ${none}`);
      const environment = { MY_KEY: "secret-key-1", OTHER_KEY: "secret-key-2" };
      const { selector, progress } = await open(
        script,
        { command: { environment: ["MY_KEY"] }, turns: 7 },
        environment,
      );
      await chosenPlaces(store, episode, selector);
      const said = progress.join("\n");
      expect(said).toContain("AUTOMEM_REVIEW_KEY=choice");
      expect(said).toContain("AUTOMEM_REVIEW_TURNS=7");
      expect(said).toContain("MY_KEY=(hidden)");
      expect(said).not.toContain("OTHER_KEY");
      expect(JSON.stringify(selector.identity)).not.toContain("secret");
    });

    test("it may say what it used, and nothing of it stays on the disk", async () => {
      const usage = { calls: 3, promptTokens: 100, cachedTokens: 40, generatedTokens: 20 };
      const { selector, spending, scratch } = await open(
        `echo '${JSON.stringify(usage)}' > result/usage.json; ${sensibleProgram}`,
      );
      await chosenPlaces(store, episode, selector);
      expect(spending.total().tokens).toBe(240);
      expect(existsSync(scratch)).toBe(false);
    });

    test.each([
      ["a link", "ln -s /etc/passwd result/selection.jsonl", "symbolic link"],
      ["a pipe", "mkfifo result/selection.jsonl", "not a plain file"],
      ["no file", "true", "It left no result/selection.jsonl"],
      ["more than may be", "head -c 5000000 /dev/zero | tr '\\0' ' ' > result/selection.jsonl", "4194304 at most"],
      ["bytes that are no text", "printf '\\xff\\xfe' > result/selection.jsonl", "not UTF-8"],
      ["the folder itself as a link", "rm -rf result; ln -s /etc result", "result/"],
      ["a failure", `${none}; echo 'no credit' >&2; exit 3`, "no credit"],
    ])("what it leaves is refused at once: %s", async (_what, script, problem) => {
      const { selector, scratch } = await open(ofBatches(script));
      const fault = await faultOf(chosenPlaces(store, episode, selector));
      expect(fault).toMatchObject({ name: "TrainerError", code: "no-selection" });
      expect(fault.message).toContain(problem);
      expect(existsSync(scratch)).toBe(false);
    });

    test("it is stopped when its time is over, and when it is told to", async () => {
      const slow = await open(ofBatches("sleep 60"), { seconds: 1 });
      expect((await faultOf(chosenPlaces(store, episode, slow.selector))).code).toBe("out-of-time");
      const stop = new AbortController();
      const stopped = await open(ofBatches("echo begun; sleep 60"));
      const begun = stopped.printed("begun");
      const end = faultOf(chosenPlaces(store, episode, stopped.selector, stop.signal));
      await begun;
      stop.abort();
      expect((await end).code).toBe("cancelled");
    });
  });
}

test("lines that are no choices are told by number, and may be mended", async () => {
  const script = ofBatches(`if [ -e problems.md ]; then cat problems.md; cat result/selection.jsonl; ${none}; else
printf '%s\\n' 'I choose t1' '' '{"turn":"t1","criterion":"c","reason":"r"}' '{"turn":7,"criterion":"c","reason":"r"}' > result/selection.jsonl; fi`);
  const { selector, progress } = await commandSelector(root, script, noJail);
  expect(await chosenPlaces(store, episode, selector)).toEqual({});
  const said = progress.join("\n");
  expect(said).toContain("line 1: no JSON");
  expect(said).toContain("line 4: turn: ");
  expect(said).toContain("I choose t1");
});

test("criteria that are no text to go by are sent back", async () => {
  const script = `[ -e problems.md ] && echo '${someCriteria}' > result/criteria.md || echo no > result/criteria.md`;
  const frame = frameOf(await candidates());
  const { selector } = await commandSelector(root, script, noJail);
  expect(await selector.criteria(frame)).toBe(`${someCriteria}\n`);
  const never = await commandSelector(root, "echo no > result/criteria.md", noJail, { mends: 0 });
  expect((await faultOf(never.selector.criteria(frame))).code).toBe("bad-selection");
});

test.skipIf(found.kind === "none")(
  "in a jail it cannot see the store, the seeds, or what lies beside its folder",
  async () => {
    await mkdir(join(root, "beside"), { recursive: true });
    await writeFile(join(root, "beside", "confirm.json"), "[1]");
    const script = ofBatches(`ls ${root}/beside ${store.folder} ${process.cwd()}/seeds 2>/dev/null && exit 4
echo x > turns.md 2>/dev/null && exit 5; echo x > turns/t1.md 2>/dev/null && exit 6; ${none}`);
    const { selector } = await commandSelector(root, script, found);
    expect(await chosenPlaces(store, episode, selector)).toEqual({});
    expect(selector.identity.details.jail).toStartWith("bubblewrap");
  },
);
