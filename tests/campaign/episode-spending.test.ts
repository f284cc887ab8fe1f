/** What an episode cost, with one model and with two. */
import { expect, test } from "bun:test";
import { episodeSpending } from "../../src/campaign/episode-spending.ts";
import type { CallEntry } from "../../src/core/journal.ts";
import type { EpisodeRecord } from "../../src/core/records.ts";
import { EpisodeCounter } from "../../src/metrics/episode-counter.ts";

const prices = { "a:base": { in: 1, cached: 0.5, out: 2 }, "a:keeper": { in: 10, out: 20 } };

/** A record of which only the figures are read. */
function recordOf(...calls: [CallEntry["speaker"], CallEntry["usage"]][]): EpisodeRecord {
  const counter = new EpisodeCounter();
  for (const [speaker, usage] of calls) {
    const call = { kind: "call" as const, stepIndex: 0, phase: "plan" as const, callIndex: 0, added: [], fresh: true };
    counter.add({ ...call, speaker, reply: "", finishReason: "stop", usage });
  }
  return { figures: JSON.parse(JSON.stringify(counter.figures())) } as EpisodeRecord;
}

const million = { promptTokens: 1_000_000, cachedTokens: 0, generatedTokens: 1_000_000 };

test("of one model is all its own", () => {
  const record = recordOf(["base", million], ["base", { ...million, cachedTokens: 500_000 }]);
  expect(episodeSpending(record, { model: "a:base", prices })).toEqual({ tokens: 4_000_000, money: 3 + 0.75 + 2 });
  expect(episodeSpending(record, { model: "b:free", prices })).toEqual({ tokens: 4_000_000, money: 0 });
});

test("of two is each one's tokens at its own price; an adapter's price is its base's", () => {
  const record = recordOf(["base", million], ["specialist", million]);
  const both = { model: "a:base", prices };
  expect(episodeSpending(record, { ...both, specialistModel: "a:keeper" })).toEqual({ tokens: 4_000_000, money: 33 });
  expect(episodeSpending(record, both)).toEqual({ tokens: 4_000_000, money: 6 });
});
