/** Datasets as text for a terminal. */
import type pc from "picocolors";
import type {
  ChatExample,
  DatasetItem,
  DatasetStats,
  DatasetView,
  Lengths,
  OpenDataset,
  SetAsideTurn,
} from "../../app/train/datasets.ts";
import { table } from "../table.ts";
import { printable } from "../terminal.ts";

type Colors = ReturnType<typeof pc.createColors>;

/** What it is, in a few lines. */
export function recordLines({ hash, record }: Pick<OpenDataset, "hash" | "record">): string[] {
  const { game, selector, episodes, candidates, chosen, train, validation } = record;
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
  const kept = train.items + validation.items;
  return [
    `dataset ${hash}`,
    `${game}, ${episodes.length} episodes, selector ${selector.name}`,
    `${sum(candidates)} turns, ${sum(chosen)} chosen, ${kept} kept: ${train.items} for training (${train.lines} lines), ${validation.items} for validation`,
  ];
}

export function viewText(view: DatasetView): string {
  const right = "right" as const;
  const columns = [
    { title: "item", align: right },
    { title: "split" },
    { title: "task" },
    { title: "seed", align: right },
    { title: "step", align: right },
    { title: "turn" },
    { title: "kind" },
    { title: "value", align: right },
    { title: "rule" },
  ];
  const rows = view.items.map((item, index) => [
    String(index),
    item.split,
    item.task,
    String(item.seed),
    String(item.stepIndex),
    `${item.phase} ${item.callIndex}`,
    item.kind,
    item.value.toFixed(2),
    item.rule,
  ]);
  return [...recordLines(view), "", view.criteria.trimEnd(), "", table(columns, rows)].map(printable).join("\n");
}

export function itemText({ item, example }: { item: DatasetItem; example: ChatExample }, color: Colors): string {
  const facts = [
    `${item.kind} of ${item.task}, seed ${item.seed}, step ${item.stepIndex}, ${item.phase} ${item.callIndex} (${item.speaker})`,
    `episode ${item.episode}`,
    `${item.rule}: ${item.reason}`,
    `value ${item.value.toFixed(2)}, ${item.split}, lines ${item.firstLine} to ${item.firstLine + item.times - 1}`,
    ...(item.cleaned.length > 0 ? [`cleaned: ${item.cleaned.join(", ")}`] : []),
  ];
  const said = example.prompt.flatMap(({ role, content }) => ["", color.bold(role), printable(content)]);
  return [
    ...facts.map(printable),
    ...said,
    "",
    color.bold("assistant (to learn)"),
    printable(example.completion[0].content),
  ].join("\n");
}

export function setAsideText(turns: readonly SetAsideTurn[]): string {
  const columns = ["turn", "kind", "rule", "detail"].map((title) => ({ title }));
  const short = (turn: string) => turn.slice(0, 8) + turn.slice(64);
  return printable(
    table(
      columns,
      turns.map(({ turn, kind, rule, detail }) => [short(turn), kind, rule, detail]),
    ),
  );
}

export function statsText(stats: DatasetStats): string {
  const right = "right" as const;
  const titles = ["turns", "chosen", "set aside", "train", "lines", "validation", "mean value"];
  const columns = [{ title: "kind" }, ...titles.map((title) => ({ title, align: right }))];
  const rows = stats.kinds.map((row) => [
    row.kind,
    ...[row.candidates, row.chosen, row.setAside, row.train, row.trainLines, row.validation].map(String),
    row.meanValue === undefined ? "-" : row.meanValue.toFixed(2),
  ]);
  return [
    table(columns, rows),
    "",
    `games       ${stats.games.train} for training, ${stats.games.validation} for validation`,
    `prompt      ${lengthsText(stats.prompt)}`,
    `reply       ${lengthsText(stats.completion)}`,
    `chosen by   ${countsText(stats.rules)}`,
    `cleaned by  ${countsText(stats.cleaned)}`,
    `set aside   ${countsText(stats.setAside)}`,
  ]
    .map(printable)
    .join("\n");
}

function lengthsText(lengths: Lengths | undefined): string {
  if (lengths === undefined) return "-";
  return `${lengths.shortest} to ${lengths.longest} characters, ${Math.round(lengths.mean)} on average`;
}

function countsText(counts: Record<string, number>): string {
  const named = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return named.length === 0 ? "none" : named.join(", ");
}
