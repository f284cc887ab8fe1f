/** Records episodes of the corridor game for the tests of replay and check. */
import { playEpisode } from "../../../src/agent/play-episode.ts";
import type { JournalEntry } from "../../../src/core/journal.ts";
import type { Scaffold } from "../../../src/core/scaffold.ts";
import type { RecordedEpisode } from "../../../src/run/replay/recorded-episode.ts";
import { FakeGame, FakeModel, FakeSink, type Move, type Setup, setUp } from "../../agent/support.ts";

/** A model that logs what it sees in every step, looks it up, and is now and then rejected, wrong or without an operation. */
export function livelyMoves(steps: number): Move[] {
  const moves: Move[] = ["<|ACTION|>north<|END|>"];
  for (let step = 1; step < steps; step++) {
    moves.push(
      `<|APPEND|>notes.txt|At step ${step} I stood at place ${step % 3}.<|END|>\n<|SEARCH|>notes.txt|place 1<|END|>`,
    );
    moves.push(step % 4 === 0 ? "Nothing more." : "<|DONE|>");
    if (step % 3 === 0) moves.push("<|READ|>notes.txt<|END|><|FLY|>x<|END|>");
    if (step % 5 === 0) moves.push("I think I should go north.");
    moves.push(`<|ACTION|>${step % 2 === 0 ? "North" : "south"}<|END|>`);
  }
  return moves;
}

/** Plays the corridor with the scaffold, and gives what was recorded. */
export async function record(
  scaffold: Scaffold,
  setup: Omit<Setup, "hooks"> & { steps?: number } = {},
): Promise<RecordedEpisode & { all: JournalEntry[] }> {
  const steps = setup.steps ?? 12;
  const { input } = setUp({ ...setup, game: new FakeGame(100, steps) });
  const sink = new FakeSink();
  const model = new FakeModel(setup.moves ?? livelyMoves(steps), setup.rest);
  await playEpisode({ ...input, scaffold, model, sink });
  const all = sink.entries;
  return {
    name: "corridor/walk-s7",
    game: "corridor",
    settings: input.settings,
    all,
    entries: async function* () {
      yield* all;
    },
  };
}
