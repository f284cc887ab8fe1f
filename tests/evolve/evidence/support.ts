/** Recorded episodes in a store of their own, and requests for evidence over them. */
import { join } from "node:path";
import { type ReviewableEpisode, SeedPlan } from "../../../src/campaign/seed-plan.ts";
import type { Hash } from "../../../src/core/hash.ts";
import type { JournalEntry } from "../../../src/core/journal.ts";
import type { EpisodeRecord } from "../../../src/core/records.ts";
import type { EvidenceRequest } from "../../../src/evolve/evidence/write-evidence.ts";
import type { TriedRevision } from "../../../src/evolve/tried-revision.ts";
import type { PackageFiles } from "../../../src/scaffold/package-files.ts";
import { checkPackage } from "../../../src/scaffold/package-files.ts";
import { episodeKey } from "../../../src/store/run-id.ts";
import { Store } from "../../../src/store/store.ts";
import { freshFolder, someFacts, someRun } from "../../store/support.ts";

const manifest = {
  schema: "automem.scaffold/1",
  name: "ring",
  version: "1.0.0",
  description: "For tests.",
  licence: "MIT",
  entry: "hooks.ts",
};

/** A package with one file of its own text. */
export function somePackage(notes: string): PackageFiles {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return new Map([
    ["scaffold.json", bytes(JSON.stringify(manifest))],
    ["hooks.ts", bytes("export default {};\n")],
    ["NOTES.md", bytes(notes)],
  ]);
}

export async function keepPackage(store: Store, files: PackageFiles): Promise<Hash> {
  for (const bytes of files.values()) await store.blobs.put(bytes);
  return store.records.put<"automem.scaffold-record/1">(checkPackage(files).record);
}

export async function freshStore(): Promise<{ store: Store; folder: string }> {
  const folder = freshFolder();
  return { store: await Store.open(join(folder, "store")), folder };
}

let runs = 0;

/** Records an episode of the game `toy`; task and seed are those of its start. */
export async function recordEpisode(store: Store, entries: Iterable<JournalEntry>): Promise<ReviewableEpisode> {
  const iterator = entries[Symbol.iterator]();
  const start = iterator.next().value;
  if (start?.kind !== "episode-start") throw new Error("an episode begins with its start");
  const { task, seed } = start;
  const run = await store.runs.create({
    id: `toy-${runs++}`,
    record: someRun([{ task, seed }]),
    createdMs: 0,
    commandLine: [],
  });
  const key = episodeKey({ task, seed });
  const journal = await run.folder.openJournal(key);
  journal.add(start);
  let end: EpisodeRecord["end"] = someFacts(0).end;
  for (const entry of { [Symbol.iterator]: () => iterator }) {
    if (entry.kind === "episode-end") {
      const { kind, ...rest } = entry;
      end = rest;
      await journal.commit(entry);
    } else journal.add(entry);
  }
  await journal.close();
  const record = await run.folder.finish({ task, seed, key }, { ...someFacts(end.steps, seed), task, end }, 1);
  return planOf([seed]).reviewable(record, { task, seed });
}

/** A plan whose select seeds are these. */
export function planOf(seeds: number[]): SeedPlan {
  const set = (purpose: "select" | "confirm" | "report", own: number[]) =>
    ({ schema: "automem.seeds/1", game: "toy", name: purpose, purpose, note: "", seeds: own }) as const;
  return new SeedPlan(
    { select: set("select", seeds), confirm: set("confirm", [1_000_001]), report: set("report", [1_000_002]) },
    seeds.length,
  );
}

export function requestFor(
  episodes: readonly ReviewableEpisode[],
  rest: Partial<EvidenceRequest> = {},
): EvidenceRequest {
  const files = somePackage("# Notes\n");
  const checked = checkPackage(files);
  return {
    game: "toy",
    brief: "# Look\n",
    incumbent: { hash: checked.hash, manifest: checked.manifest, files, episodes },
    history: [],
    ...rest,
  };
}

export function someRevision(rest: Partial<TriedRevision> = {}): TriedRevision {
  return {
    key: "r1a1c0",
    parent: "a".repeat(64),
    scaffold: "b".repeat(64),
    structuralChange: { name: "an index file", description: "One line for each file." },
    analysis: "# Analysis\n\nIt never looks.\n",
    method: "It looks now.\n",
    outcome: "rejected-on-select",
    reason: "The mean is not higher.",
    selectMean: 0.25,
    incumbentSelectMean: 0.5,
    ...rest,
  };
}
