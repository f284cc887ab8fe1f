/** Has the server take an adapter, verifies it, and compares its replies with those of the trainer. */
import * as v from "valibot";
import type { Hash } from "../../core/hash.ts";
import { TrialFailure, TriedConfiguration } from "../../core/trial.ts";
import { datasetExamples, openDataset } from "../dataset/read-dataset.ts";
import { attempted, courseOfServing } from "./faults.ts";
import { costs, secondsSince, type TrainLoop } from "./loop.ts";
import { leastParity, parityPrompts } from "./parity-prompts.ts";
import type { Parity } from "./parts.ts";
import type { MadeAdapter } from "./training.ts";

const Served = v.strictObject({
  parity: TriedConfiguration.entries.parity,
  failure: v.optional(TrialFailure),
  seconds: v.number(),
});

/** Throws what halts the campaign. */
export async function serveConfiguration(
  loop: TrainLoop,
  key: string,
  dataset: Hash,
  made: MadeAdapter,
): Promise<{ parity?: Parity | undefined; failure?: TrialFailure | undefined }> {
  const { log, spending, clock, signal, players, tell } = loop;
  const { parity, failure, seconds } = await log.once(`serving/${key}`, Served, async () => {
    spending.require(0);
    const startMs = clock.monotonicMs();
    const outcome = await attempted({ stage: "serving", course: courseOfServing, signal }, async () => {
      await players.serve(made.adapter);
      return compare(loop, dataset, made);
    });
    const seconds = secondsSince(loop, startMs);
    if ("failure" in outcome) return { failure: outcome.failure, seconds };
    const parity = outcome.value;
    const failure = parity && badParity(parity);
    return { ...(parity && { parity }), ...(failure && { failure }), seconds };
  });
  spending.add(costs({ seconds }));
  if (parity !== undefined) tell({ kind: "parity", key, ...parity });
  return { parity, failure };
}

async function compare(
  { stage, settings, store }: TrainLoop,
  dataset: Hash,
  { adapter, result }: MadeAdapter,
): Promise<Parity | undefined> {
  if (settings.parityPrompts === 0) return undefined;
  const opened = await openDataset(store, dataset);
  const prompts = parityPrompts(
    await datasetExamples(store, opened, "validation"),
    await datasetExamples(store, opened, "train"),
    settings.parityPrompts,
  );
  return stage.parity(adapter, result, prompts);
}

function badParity({ equal, of }: Parity): TrialFailure | undefined {
  if (of === 0 || equal / of >= leastParity) return undefined;
  const reason = `The server says what the trainer says on ${equal} of ${of} prompts only: it does not serve the adapter as it was trained.`;
  return { stage: "serving", code: "parity", reason };
}
