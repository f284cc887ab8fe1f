/** Answers of a selector are kept until its dataset is built: a build that failed asks only what is still owed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp } from "../../../src/app/app.ts";
import { keptSelection } from "../../../src/app/train/kept-selection.ts";
import { ProviderError } from "../../../src/core/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import type { OpenSelector } from "../../../src/train/campaign/parts.ts";
import { readTurns } from "../../../src/train/candidates/read-turns.ts";
import type { TrainingEpisode } from "../../../src/train/candidates/training-seeds.ts";
import { chooseTurns } from "../../../src/train/selection/choose-turns.ts";
import { faultOf } from "../../inference/support.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { frameOf } from "../../train/selection/support.ts";
import { freshStore, recordEpisode, sourceOf } from "../../train/support.ts";

const home = mkdtempSync(join(tmpdir(), "automem-kept-"));
const app = openApp({ AUTOMEM_HOME: home });
const work = join(home, "work");
let store: Store;
let episode: TrainingEpisode;

beforeAll(async () => {
  store = await freshStore();
  episode = await recordEpisode(store, courierEntries("perfect"));
});

afterAll(() => {
  store.close();
  removeFolders();
  rmSync(home, { recursive: true, force: true });
});

/** Costs 100 tokens a question. `failing`: the question, from 1, at which its server is gone. */
function openOf(failing: number, details = {}): { open: OpenSelector; asked: () => number } {
  let asked = 0;
  const ask = () => {
    asked += 1;
    if (asked === failing) throw new ProviderError("the server is gone", { code: "unavailable" });
  };
  const selector = {
    identity: { name: "agent:test", details },
    batchTurns: 10,
    criteria: async () => {
      ask();
      return "Any.";
    },
    choose: async ({ turns }: { turns: readonly { id: string }[] }) => {
      ask();
      return turns.slice(0, 1).map(({ id }) => ({ turn: id, rule: "first", reason: "It came first." }));
    },
  };
  return { open: { selector, asksModel: true, spent: () => ({ tokens: 100 * asked, money: 0 }) }, asked: () => asked };
}

async function select({ open }: { open: OpenSelector }) {
  const kept = keptSelection(app, open, [episode]);
  const candidates = await readTurns(sourceOf(store), episode);
  const { selector } = kept;
  const criteria = await selector.criteria(frameOf(candidates));
  return { kept, chosen: await chooseTurns(store, episode, candidates.turns, { selector, criteria }) };
}

test("a selection goes on with what is owed, counts what was paid before, and is forgotten in the end", async () => {
  // Criteria and two of four batches are answered; the third is not.
  const first = openOf(4);
  expect((await faultOf(select(first))).code).toBe("unavailable");
  const second = openOf(0);
  const { kept, chosen } = await select(second);
  expect(second.asked()).toBe(2);
  expect(chosen).toHaveLength(4);
  expect(kept.selector.added.tokens).toBe(500);
  await kept.forget();
  expect(readdirSync(work)).toEqual([]);
  const third = openOf(0);
  await select(third);
  expect(third.asked()).toBe(5);
});

test("a selector with other settings is asked itself", async () => {
  await select(openOf(0, { turns: 1 }));
  const other = openOf(0, { turns: 2 });
  await select(other);
  expect(other.asked()).toBe(5);
});

test("an answer that was spoilt on the disk is an error that says what to do", async () => {
  await select(openOf(0, { turns: 3 }));
  for (const folder of readdirSync(work)) {
    const path = join(work, folder, "answer-batch-2.json");
    if (existsSync(path)) writeFileSync(path, '{"answer": [');
  }
  const fault = await faultOf(select(openOf(0, { turns: 3 })));
  expect(fault).toMatchObject({ name: "StoreError", code: "bad-answer-file" });
  expect(fault.message).toContain("Delete its folder");
});
