/** What an adapter was made from, as text for a terminal. */
import type pc from "picocolors";
import type {
  AdapterOrigin,
  DatasetOrigin,
  RecipeField,
  TrainingOrigin,
  TrialOrigin,
} from "../../app/lineage/adapter-origin.ts";
import type { ScaffoldOrigin } from "../../app/lineage/scaffold-origin.ts";
import { type Column, table } from "../table.ts";
import { printable } from "../terminal.ts";

type Colors = ReturnType<typeof pc.createColors>;

const right = "right" as const;

export function originText(origin: AdapterOrigin, color: Colors): string {
  const { adapter, record, known } = origin;
  const { base, rank, alpha, dtype, targetModules } = adapter;
  const head = [
    facts([
      ["adapter", adapter.name],
      ["record", record],
      ["base", base.model],
      ["base weights", base.digest ?? "not recorded"],
      ["weights", `rank ${rank}, alpha ${alpha}, ${dtype}, ${targetModules.join(" ")}`],
    ]),
  ];
  if (!known) head.push("It was imported: nothing is known of its making.");
  const sections = [
    section(
      "Recipe",
      origin.recipe && recipeText(origin.recipe.hash, origin.recipe.record, origin.recipe.fields),
      color,
    ),
    ...origin.trainings.map((training) => section("Training", trainingText(training), color)),
    section("Made in", trialsText(origin.trials), color),
    section("Dataset", origin.dataset && datasetText(origin.dataset), color),
    section("Turns", origin.dataset && turnsText(origin.dataset), color),
    section("Episodes", episodesText(origin), color),
    ...origin.scaffolds.map((scaffold) => section("Scaffold", scaffoldText(scaffold), color)),
    section("Checked", checkText(origin), color),
    section("PROBLEMS", origin.problems.length === 0 ? undefined : origin.problems.join("\n"), color),
  ];
  return [...head, ...sections.filter((text) => text !== undefined)].join("\n\n");
}

function section(title: string, text: string | undefined, color: Colors): string | undefined {
  return text && `${color.bold(title)}\n${printable(text)}`;
}

function facts(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows.map(([label, value]) => printable(`${label.padEnd(width)}${value}`)).join("\n");
}

function recipeText(
  hash: string,
  { trainer, base }: NonNullable<AdapterOrigin["recipe"]>["record"],
  fields: readonly RecipeField[],
): string {
  const rows = fields.map(({ field, value, default: usual }) => [
    field,
    String(value),
    usual === undefined ? "" : `default ${usual}`,
  ]);
  return [
    facts([
      ["record", hash],
      ["trainer", `${trainer.name} ${trainer.version}`],
      ["base", base.model],
    ]),
    table([{ title: "field" }, { title: "value" }, { title: "" }], rows),
  ].join("\n");
}

function trainingText({ hash, record, firstLoss, lastLoss }: TrainingOrigin): string {
  const { steps, examples, tooLong, tokens, learntTokens, seed, device, packages, baseSha256, baseGgufSha256 } = record;
  const left = tooLong.length === 0 ? "" : `, ${tooLong.length} left out as too long`;
  return facts([
    ["record", hash],
    ["steps", `${steps}, seed ${seed}`],
    ["loss", `${loss(firstLoss)} at the first step, ${loss(lastLoss)} at the last`],
    ["examples", `${examples}${left}; ${tokens} tokens, ${learntTokens} of them learnt`],
    ["device", device],
    [
      "packages",
      Object.entries(packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["base weights", baseGgufSha256 === null ? baseSha256 : `${baseSha256}, made of GGUF ${baseGgufSha256}`],
  ]);
}

function loss(value: number | undefined): string {
  return value === undefined ? "unknown" : value.toPrecision(4);
}

function trialsText(trials: readonly TrialOrigin[]): string | undefined {
  if (trials.length === 0) return undefined;
  return trials
    .map(({ campaign, hash, key, round, configuration, best, outcome, why, selectMean }) => {
      const mean = selectMean === undefined ? "" : `, ${(100 * selectMean).toFixed(1)} % on the select seeds`;
      const what = `trial ${key} of campaign ${campaign} (round ${round}, configuration ${configuration}${mean})`;
      const verdict = best ? outcome : `${outcome}; this configuration was not the one that was tested`;
      return `${what}\n  record ${hash}\n  ${verdict}: ${why}`;
    })
    .join("\n");
}

function datasetText({ hash, record, criteria, stats }: DatasetOrigin): string {
  const { selector, settings, train, validation, episodes, game } = record;
  const columns: Column[] = [
    { title: "kind" },
    ...["turns", "chosen", "training", "lines", "validation", "set aside"].map((title) => ({ title, align: right })),
  ];
  const rows = stats.kinds.map((row) => [
    row.kind,
    ...[row.candidates, row.chosen, row.train, row.trainLines, row.validation, row.setAside].map(String),
  ]);
  return [
    facts([
      ["record", hash],
      ["game", `${game}, ${episodes.length} episodes`],
      ["selector", `${selector.name} ${JSON.stringify(selector.details)}`],
      ["settings", JSON.stringify(settings)],
      ["items", `${train.items} for training (${train.lines} lines), ${validation.items} for validation`],
    ]),
    table(columns, rows),
    `Criteria:\n${criteria?.trimEnd() ?? "cannot be read"}`,
  ].join("\n");
}

function turnsText({ items }: DatasetOrigin): string {
  const columns: Column[] = [
    { title: "turn", align: right },
    { title: "kind" },
    { title: "task" },
    { title: "seed", align: right },
    { title: "step", align: right },
    { title: "call" },
    { title: "rule" },
    { title: "reason" },
  ];
  const rows = items.map(({ kind, task, seed, stepIndex, phase, callIndex, rule, reason }, number) => [
    String(number),
    kind,
    task,
    String(seed),
    String(stepIndex),
    `${phase} ${callIndex}`,
    rule,
    reason.replaceAll(/\s+/g, " "),
  ]);
  return table(columns, rows);
}

function episodesText({ episodes }: AdapterOrigin): string | undefined {
  if (episodes.length === 0) return undefined;
  const columns: Column[] = [
    { title: "task" },
    { title: "seed", align: right },
    { title: "steps", align: right },
    { title: "progress", align: right },
    { title: "turns", align: right },
    { title: "played in" },
    { title: "record" },
  ];
  const rows = episodes.map(({ hash, task, seed, steps, progress, items, places }) => [
    task,
    String(seed),
    String(steps),
    `${(100 * progress).toFixed(1)} %`,
    String(items),
    places.join(", ") || "no run of this store",
    hash.slice(0, 12),
  ]);
  return table(columns, rows);
}

function scaffoldText({ hash, name, version, revisions }: ScaffoldOrigin): string {
  const made = revisions.map(({ campaign, key, change, parent, outcome, hash: revision }) => {
    const judged = outcome ?? "not judged";
    return `  revision ${key} of campaign ${campaign} (${judged}): ${change.name}\n    record ${revision}, made of scaffold ${parent}`;
  });
  return [`${name} ${version}  ${hash}`, ...made].join("\n");
}

function checkText({ dataset, read, problems }: AdapterOrigin): string {
  const words =
    dataset === undefined
      ? []
      : [`${dataset.check.equal} of ${dataset.check.items} items equal the recorded turns word for word.`];
  const all = `${read.records} records and ${read.blobs} blobs were read and have the content their hash says.`;
  return [
    ...words,
    all,
    problems.length === 0 ? "No problem was found." : `${problems.length} problems: see below.`,
  ].join("\n");
}
