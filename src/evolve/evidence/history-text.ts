/** What was tried before: history.md, and a folder for each revision with what its reviewer wrote and what it changed. */
import type { PackageFiles } from "../../scaffold/package-files.ts";
import type { Store } from "../../store/store.ts";
import type { TriedRevision } from "../tried-revision.ts";
import type { FolderWriter } from "./folder-writer.ts";
import { packageDifference, storedPackage, writePackage } from "./package-text.ts";
import { brokenLines, inline, quoted, safeName } from "./plain-text.ts";
import { percent } from "./recorded-step.ts";

/** `history`: oldest first; keys are unique. */
export async function writeHistory(
  store: Store,
  writer: FolderWriter,
  history: readonly TriedRevision[],
): Promise<void> {
  const lines = ["# What was tried before, oldest first", ""];
  if (history.length === 0) lines.push("Nothing yet: this is the first revision.");
  for (const [index, revision] of history.entries()) {
    const folder = `history/${safeName(revision.key, index)}`;
    lines.push(...verdictLines(revision), `more: ${folder}/`, "");
    await writeWords(writer, folder, revision);
    const [before, after] = [
      await storedPackage(store, revision.parent),
      await storedPackage(store, revision.scaffold),
    ];
    if (before === undefined || after === undefined) continue;
    await writer.writeLines(`${folder}/change.diff`, packageDifference(before, after).split("\n"));
  }
  await writer.writeLines("history.md", lines);
}

/** The revision that a continuation mends: its source, its difference to its parent, what was said of it and how it fared. */
export async function writeFailed(
  writer: FolderWriter,
  { revision, files }: { revision: TriedRevision; files: PackageFiles },
  parent: PackageFiles | undefined,
): Promise<void> {
  await writePackage(writer, "failed/scaffold", files);
  await writer.writeLines("failed/verdict.md", ["# The revision that did not pass", "", ...verdictLines(revision)]);
  await writeWords(writer, "failed", revision);
  const difference =
    parent === undefined ? "[the package it started from is no longer in the store]" : packageDifference(parent, files);
  await writer.writeLines("failed/change.diff", difference.split("\n"));
}

function verdictLines(revision: TriedRevision): string[] {
  const mean = (share: number | undefined) => (share === undefined ? "unknown" : percent(share));
  return [
    `## ${inline(revision.key)}: ${revision.outcome}`,
    `reason: ${inline(revision.reason)}`,
    `select seeds: mean progress ${mean(revision.selectMean)}, the incumbent's ${mean(revision.incumbentSelectMean)}`,
    `scaffold ${revision.scaffold}, made from ${revision.parent}`,
    `structural change: ${inline(revision.structuralChange.name)}`,
    ...quoted(revision.structuralChange.description),
  ];
}

async function writeWords(writer: FolderWriter, folder: string, { analysis, method }: TriedRevision): Promise<void> {
  await writer.writeLines(`${folder}/analysis.md`, brokenLines(analysis).flat());
  await writer.writeLines(`${folder}/method.md`, brokenLines(method).flat());
}
