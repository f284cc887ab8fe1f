/** The card of an exported dataset: Markdown with the YAML head that Hugging Face's `datasets` reads. Pure. */
import type { Hash } from "../../core/hash.ts";
import type { DatasetRecord, DatasetSplit } from "../../core/training.ts";
import type { DatasetStats } from "../../train/dataset/stats.ts";

export interface CardFacts {
  hash: Hash;
  record: DatasetRecord;
  criteria: string;
  stats: DatasetStats;
  /** Those that have a file. */
  splits: readonly DatasetSplit[];
}

/** Where a split lies in the exported folder. */
export function dataPath(split: DatasetSplit): string {
  return `data/${split}.jsonl`;
}

export function datasetCard({ hash, record, criteria, stats, splits }: CardFacts): string {
  const rows = stats.kinds
    .filter(({ train, validation }) => train + validation > 0)
    .map(({ kind, train, trainLines, validation }) => `| ${kind} | ${train} | ${trainLines} | ${validation} |`);
  return [
    "---",
    "configs:",
    "- config_name: default",
    "  data_files:",
    ...splits.flatMap((split) => [`  - split: ${split}`, `    path: ${dataPath(split)}`]),
    "tags:",
    "- automem",
    "---",
    "",
    `# Memory decisions on ${record.game}`,
    "",
    `Turns that an agent of automem ${record.automemVersion} itself took while it played ${record.episodes.length} episodes on training seeds, chosen by`,
    `the selector \`${record.selector.name}\`. Dataset \`${hash}\`.`,
    "",
    "A line is `{prompt, completion}`: the conversation as the agent sent it, and the reply to learn, word for word (only pieces were taken away).",
    "`provenance/items.jsonl` says of each item which episode, step and call it is from, and why it was chosen; its lines in the split are `firstLine`",
    "(from 0) to `firstLine + times - 1`. `provenance/set-aside.jsonl` lists chosen turns that were left out, with the rule.",
    "",
    "| kind | items in train | lines in train | items in validation |",
    "|---|---|---|---|",
    ...rows,
    "",
    "## What was looked for",
    "",
    criteria.trimEnd(),
    "",
  ].join("\n");
}
