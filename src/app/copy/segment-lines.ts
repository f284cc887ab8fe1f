/** A segment as the lines of a file: what repeats in it is told once, as in the store. */
import type { Segment } from "../../store/segment.ts";
import { TraceEncoder } from "../../store/text-table.ts";

export function segmentLines({ start, entries }: Segment): string[] {
  const encoder = new TraceEncoder();
  return [start, ...entries].map((line) => encoder.encode(line));
}
