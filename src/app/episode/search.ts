/** Search through a whole episode: what was seen, said, asked of memory, answered and done. */
import type { JournalEntry } from "../../core/journal.ts";
import type { Clock } from "../../platform/clock.ts";
import type { EpisodeReader } from "../../store/episode-reader.ts";
import { type ScanPlan, scan } from "./scan.ts";

export interface SearchHit {
  stepIndex: number;
  where: "observation" | "prompt" | "reply" | "operation" | "result" | "action";
  /** A piece around the first place, and where in it the words stand. */
  excerpt: string;
  start: number;
  end: number;
}

export interface SearchAnswer {
  hits: SearchHit[];
  /** Segment to ask from next; absent when all was looked through. */
  next: number | undefined;
}

const around = 60;

/** Hits in order of steps, one for each text that has the words; case does not matter. */
export async function searchEpisode(
  reader: EpisodeReader,
  clock: Clock,
  { words, most, ...plan }: ScanPlan & { words: string; most: number },
): Promise<SearchAnswer> {
  const wanted = words.toLowerCase();
  const hits: SearchHit[] = [];
  const next = await scan(reader, clock, plan, ({ steps }) => {
    for (const { stepIndex, entries } of steps) {
      for (const entry of entries) {
        for (const [where, text] of textsOf(entry)) {
          const hit = hitIn(text, wanted);
          if (hit !== undefined) hits.push({ stepIndex, where, ...hit });
        }
      }
    }
    return hits.length < most ? "more" : "enough";
  });
  return { hits, next };
}

function* textsOf(entry: JournalEntry): Generator<[SearchHit["where"], string]> {
  if (entry.kind === "observation") yield ["observation", `${entry.observation.long}\n${entry.observation.short}`];
  else if (entry.kind === "call") {
    // What was seen and what operations answered are texts of their own.
    for (const { role, content } of entry.added) if (role === "system") yield ["prompt", content];
    yield ["reply", entry.reply];
  } else if (entry.kind === "operation") {
    yield ["operation", [entry.name, ...entry.arguments].join(" ")];
    yield ["result", entry.result];
  } else if (entry.kind === "action") yield ["action", entry.action];
}

function hitIn(text: string, words: string): Pick<SearchHit, "excerpt" | "start" | "end"> | undefined {
  const at = text.toLowerCase().indexOf(words);
  if (at < 0) return undefined;
  const from = Math.max(0, at - around);
  return { excerpt: text.slice(from, at + words.length + around), start: at - from, end: at - from + words.length };
}
