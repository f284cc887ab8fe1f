import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as v from "valibot";
import type { JournalEntry } from "../../../src/core/journal.ts";
import type { TurnId } from "../../../src/core/training.ts";
import type { Store } from "../../../src/store/store.ts";
import { readTurns } from "../../../src/train/candidates/read-turns.ts";
import { chooseTurns } from "../../../src/train/selection/choose-turns.ts";
import { OutcomeSelector } from "../../../src/train/selection/outcome/outcome.ts";
import { isFaulty } from "../../../src/train/selection/outcome/rules.ts";
import { OutcomeSettings } from "../../../src/train/selection/outcome/settings.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { freshStore, place, recordEpisode, sourceOf } from "../support.ts";

let store: Store;

beforeAll(async () => {
  store = await freshStore();
});

afterAll(() => {
  store.close();
  removeFolders();
});

/** Places of the chosen turns, by rule. */
async function chosenBy(
  player: Parameters<typeof courierEntries>[0],
  settings: v.InferInput<typeof OutcomeSettings> = {},
): Promise<Record<string, string[]>> {
  return chosenOf(courierEntries(player), settings);
}

async function chosenOf(
  entries: JournalEntry[],
  settings: v.InferInput<typeof OutcomeSettings>,
): Promise<Record<string, string[]>> {
  const episode = await recordEpisode(store, entries);
  const { turns } = await readTurns(sourceOf(store), episode);
  const selector = new OutcomeSelector(v.parse(OutcomeSettings, settings));
  const byRule: Record<string, string[]> = {};
  for (const { turn, rule } of await chooseTurns(store, episode, turns, { selector, criteria: "" })) {
    byRule[rule] ??= [];
    byRule[rule].push(place(turn));
  }
  return byRule;
}

const steps = (phase: string, call: number, ...indexes: number[]) => indexes.map((step) => `${step} ${phase} ${call}`);

describe("on courier, where the lawyer, the weaver and the doctor tell their passwords in steps 2, 4 and 5", () => {
  test("keeps of a perfect player every note, every quiet turn, every look-up and every end", async () => {
    expect(await chosenBy("perfect")).toEqual({
      "write-used": steps("log", 0, 2, 4, 5),
      "nothing-needed": steps("log", 0, 1, 3, 6, 7, 8, 9, 10, 11, 12, 13),
      "lookup-gained": steps("plan", 0, 8, 9, 10, 11, 12, 13),
      "nothing-to-look-up": steps("plan", 0, 0, 1, 2, 3, 4, 5, 6, 7),
      "enough-found": steps("plan", 1, 8, 9, 10, 11, 12, 13),
    });
  });

  test("keeps all of these too where only what was seen may be said", async () => {
    expect(await chosenBy("perfect", { groundedShare: 1 })).toEqual(await chosenBy("perfect"));
  });

  test("where only what was seen may be said, drops a name made up alike in the note and in the look-up, though its door opened", async () => {
    const entries = courierEntries("perfect").map((entry) =>
      entry.kind === "observation"
        ? entry
        : (JSON.parse(JSON.stringify(entry).replaceAll("lawyer", "king")) as JournalEntry),
    );
    const told = await chosenOf(entries, {});
    expect(told["write-used"]).toEqual(steps("log", 0, 2, 4, 5));
    expect(told["lookup-gained"]).toHaveLength(6);
    const grounded = await chosenOf(entries, { groundedShare: 1 });
    expect(grounded["write-used"]).toEqual(steps("log", 0, 4, 5));
    expect(grounded["lookup-gained"]).toHaveLength(4);
    expect((await chosenOf(entries, { groundedShare: 0.5 }))["write-used"]).toEqual(steps("log", 0, 2, 4, 5));
  });

  test("keeps no turn that let a password go by, and no look-up that found nothing", async () => {
    const chosen = await chosenBy("forgetful");
    expect(Object.keys(chosen).sort()).toEqual(["nothing-needed", "nothing-to-look-up"]);
    expect(chosen["nothing-needed"]).toEqual(steps("log", 0, 1, 3, 6, 7, 8, 9, 10, 11, 12, 13));
    expect(chosen["nothing-to-look-up"]).toEqual(steps("plan", 0, 0, 1, 2, 3, 4, 5, 6, 7));
  });

  test("keeps no note that was not found again: never looked for, or in another file", async () => {
    for (const player of ["unread", "misfiled"] as const) {
      const chosen = await chosenBy(player);
      expect(chosen["write-used"], player).toBeUndefined();
      expect(chosen["lookup-gained"], player).toBeUndefined();
      expect(chosen["enough-found"], player).toBeUndefined();
    }
  });

  test("with no step between look-up and gain, keeps the look-ups of the last words only", async () => {
    const chosen = await chosenBy("perfect", { withinSteps: 0 });
    expect(chosen["lookup-gained"]).toEqual(steps("plan", 0, 9, 11, 13));
    expect(chosen["enough-found"]).toEqual(steps("plan", 1, 9, 11, 13));
  });

  test("keeps the kinds asked for, and quiet turns only of episodes that went well enough", async () => {
    expect(Object.keys(await chosenBy("perfect", { kinds: ["write"] }))).toEqual(["write-used"]);
    expect(await chosenBy("forgetful", { quietProgress: 0.5 })).toEqual({});
  });
});

describe("a turn with a fault", () => {
  const operation = (name: string, status: "ok" | "refused" | "malformed", failure?: string) => ({
    name,
    arguments: [],
    status,
    result: "",
    changed: [],
    ...(failure !== undefined && { failure }),
  });
  const turn = (...operations: ReturnType<typeof operation>[]) => ({ cut: false, operations });

  test("may be kept if something else of it ran, and never if it was cut or nothing ran", () => {
    const search = operation("SEARCH", "ok");
    const refused = operation("SEARCH", "refused");
    expect(isFaulty(turn(search), "none")).toBe(false);
    expect(isFaulty(turn(search, refused), "clean")).toBe(false);
    expect(isFaulty(turn(search, refused), "none")).toBe(true);
    expect(isFaulty(turn(refused, operation("DONE", "ok")), "clean")).toBe(true);
    expect(isFaulty(turn(operation("APPEND", "ok", "unclosed")), "clean")).toBe(true);
    expect(isFaulty({ ...turn(search), cut: true }, "clean")).toBe(true);
  });
});

describe("what a selector may answer", () => {
  const named = (choose: () => unknown) => ({
    identity: { name: "test", details: {} },
    batchTurns: 5,
    criteria: async () => "",
    choose: async () => choose() as { turn: TurnId; rule: string; reason: string }[],
  });

  test("refuses an id it was not shown, an id twice, and a choice without a reason", async () => {
    const episode = await recordEpisode(store, courierEntries("perfect"));
    const { turns } = await readTurns(sourceOf(store), episode);
    const turn = turns[0]!.id;
    const choice = { turn, rule: "r", reason: "because" };
    const answers = [
      [{ ...choice, turn: turns[7]!.id }],
      [choice, choice],
      [{ ...choice, reason: " " }],
      [{ ...choice, text: "my own words" }],
      "all of them",
    ];
    for (const answer of answers) {
      const fault = chooseTurns(store, episode, turns.slice(0, 5), { selector: named(() => answer), criteria: "" });
      await expect(fault).rejects.toMatchObject({ code: "bad-selection" });
    }
  });

  test("shows turns in batches, and the whole conversation of the turns of a batch alone", async () => {
    const episode = await recordEpisode(store, courierEntries("perfect"));
    const { turns } = await readTurns(sourceOf(store), episode);
    const sizes: number[] = [];
    const selector = {
      identity: { name: "test", details: {} },
      batchTurns: 12,
      criteria: async () => "",
      choose: async (batch: Parameters<OutcomeSelector["choose"]>[0]) => {
        sizes.push(batch.turns.length);
        const id = batch.turns[0]!.id;
        expect((await batch.texts(id)).reply).toBe(batch.turns[0]!.reply);
        const other = sizes.length === 1 ? turns.at(-1)! : turns[0]!;
        await expect(batch.texts(other.id)).rejects.toMatchObject({ code: "unknown-turn" });
        return [{ turn: id, rule: "first", reason: "It came first." }];
      },
    };
    const chosen = await chooseTurns(store, episode, turns, { selector, criteria: "" });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(turns.length);
    expect(chosen.map(({ turn }) => turn.id)).toEqual(sizes.map((_, index) => turns[index * 12]!.id));
  });
});
