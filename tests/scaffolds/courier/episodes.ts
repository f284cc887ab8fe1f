/** Whole episodes of Courier, played by its player with perfect memory; see tests/fixtures/scaffolds/SOURCE.md. */
import { join } from "node:path";

export interface CourierEpisode {
  task: string;
  seed: number;
  instruction: string;
  actions: [name: string, description: string][];
  defaultAction: string;
  /** From reset to the end; one more than `played`. */
  observations: { long: string; short: string }[];
  played: string[];
  /** After reset and after each action, in [0, 1]. */
  progress: number[];
}

export async function courierEpisodes(): Promise<CourierEpisode[]> {
  return Bun.file(join(import.meta.dir, "..", "..", "fixtures", "scaffolds", "courier.json")).json();
}
