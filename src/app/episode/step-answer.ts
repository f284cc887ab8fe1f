/** One step word for word, with the memory folder at its end beside the step before. Pure but for what the reader reads. */
import type { EpisodeReader } from "../../store/episode-reader.ts";
import type { StepView } from "../../store/step-view.ts";
import { type FileLines, memoryDifference } from "./memory-difference.ts";

export interface StepAnswer extends StepView {
  memory: FileLines[];
}

/** Throws `ConfigError` `no-such-step`. */
export async function stepAnswer(reader: EpisodeReader, step: number): Promise<StepAnswer> {
  const view = await reader.step(step);
  const after = await reader.memoryAt(step);
  const before = step === 0 ? new Map((await reader.source.load(0))?.start.files) : await reader.memoryAt(step - 1);
  return { ...view, memory: memoryDifference(before, after) };
}
