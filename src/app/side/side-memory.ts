/** The memory folders of two episodes at the same step, one against the other. */
import type { FilesByName } from "../../core/journal-files.ts";
import type { EpisodeReader } from "../../store/episode-reader.ts";
import { type FileLines, memoryDifference } from "../episode/memory-difference.ts";

/** `removed` lines and files are the left one's alone, `added` and `new` the right one's. An episode with fewer steps stays at its last, or the one under way. */
export async function sideMemory(left: EpisodeReader, right: EpisodeReader, step: number): Promise<FileLines[]> {
  return memoryDifference(await filesAt(left, step), await filesAt(right, step));
}

async function filesAt(reader: EpisodeReader, step: number): Promise<FilesByName> {
  const { lastStep } = await reader.extent();
  return reader.memoryAt(Math.min(step, lastStep));
}
