/** A campaign of `train` as text: what it set out to do, its ledger, what came of it. */

import { isOpen } from "../../app/campaign-state.ts";
import { memoryLines } from "../../app/figure-rows.ts";
import { playCommand } from "../../app/play-words.ts";
import type { ConfigurationRow, TrainOverview, TrialRow } from "../../app/train/trainings.ts";
import { amount, duration, percent } from "../../app/units.ts";
import { points } from "../../core/points.ts";
import { commandText } from "../../core/shell-words.ts";
import { type Column, table } from "../table.ts";
import { printable } from "../terminal.ts";
import { recipeText } from "./recipe-text.ts";

export function trainingText(campaign: TrainOverview): string {
  const { trials, memory, report } = campaign;
  const lines = [
    ...headLines(campaign),
    "",
    ...(trials.length === 0 ? ["No trial yet."] : ledgerLines(trials)),
    ...trials.flatMap(testLines),
    "",
    adapterLine(campaign),
    ...(memory === undefined
      ? []
      : ["", `Memory on the confirm seeds, before and after (${memory.key})`, figuresTable(memory)]),
    ...(report === undefined ? [] : ["", ...reportLines(report)]),
    "",
    ...nextLines(campaign),
  ];
  return printable(lines.join("\n"));
}

function headLines({
  id,
  created,
  heldBy,
  record,
  settings,
  scaffold,
  commandLine,
  spent,
  ...rest
}: TrainOverview): string[] {
  const { collection, rounds, trials, selectSeeds, gate } = settings;
  const samples = collection.samples === 1 ? "" : `, ${collection.samples} times each`;
  const beaten =
    gate.kind === "paper"
      ? "paper: a higher mean on the select seeds; bounds no error"
      : `confirm: any false accept at most ${percent(gate.alpha)}, shared among ${gate.looks} tests of at most ${gate.maximumPairs} pairs`;
  return [
    `Campaign ${id}, ${created}${heldBy === undefined ? "" : `, worked on by process ${heldBy}`}`,
    `  game      ${record.game.name} ${record.game.version}, ${record.tasks.length === 1 ? `task ${record.tasks[0]}` : `${record.tasks.length} tasks`}`,
    `  model     ${record.model.name}`,
    ...(record.specialist ? [`  began     with specialist ${record.specialist.slice(0, 12)}`] : []),
    ...(record.base.model === record.model.name ? [] : [`  base      ${record.base.model}`]),
    `  scaffold  ${scaffold}`,
    `  data      ${collection.seeds} train seeds a round${samples}; selector ${record.selector.name}`,
    `  trials    ${rounds} x ${trials} at most; decider ${record.decider.name}; trainer ${record.trainer.name} ${record.trainer.version}; ${selectSeeds} select seeds`,
    `  recipe    ${recipeText(settings.recipe)}`,
    `  gate      ${beaten}`,
    `  command   ${commandText(commandLine)}`,
    `  state     ${isOpen(rest.state) ? "not ended" : `ended (${rest.state}): ${rest.accepted.length === 0 ? "no adapter was accepted" : `${rest.accepted.length} accepted`}`}`,
    `  spent     ${amount(spent.episodes)} episodes, ${amount(spent.tokens)} tokens${spent.money > 0 ? `, ${spent.money.toFixed(2)} money` : ""}, ${duration(1000 * spent.seconds)}`,
  ];
}

const columns: Column[] = [
  { title: "trial" },
  { title: "round", align: "right" },
  { title: "data" },
  { title: "recipe" },
  { title: "loss", align: "right" },
  { title: "parity", align: "right" },
  { title: "select", align: "right" },
  { title: "adapter" },
  { title: "outcome" },
];

function ledgerLines(trials: readonly TrialRow[]): string[] {
  const rows = trials.flatMap((trial) =>
    trial.configurations.length === 0
      ? [[trial.key, String(trial.round ?? ""), dataText(trial), "", "", "", "", "", outcomeText(trial)]]
      : trial.configurations.map((one, index) => [
          one.key,
          index === 0 ? String(trial.round ?? "") : "",
          index === 0 ? dataText(trial) : "",
          one.differs ?? recipeText(one.recipe),
          one.finalLoss === undefined ? "" : one.finalLoss.toFixed(3),
          one.parity === undefined ? "" : `${one.parity.equal}/${one.parity.of}`,
          selectText(trial, one, index),
          one.adapter?.slice(0, 12) ?? "",
          one.failure !== undefined
            ? `failed in ${one.failure.stage} (${one.failure.code})`
            : index === (trial.best ?? 0)
              ? outcomeText(trial)
              : "",
        ]),
  );
  return [table(columns, rows), ...trials.filter(({ why }) => why !== "").map(({ key, why }) => `${key}: ${why}`)];
}

function dataText({ dataset }: TrialRow): string {
  if (dataset === undefined) return "";
  const kinds = Object.entries(dataset.items).map(([kind, count]) => `${kind} ${count}`);
  return `${dataset.hash.slice(0, 8)}${dataset.reused ? " again" : ""}: ${amount(dataset.lines)} lines (${kinds.join(", ")})`;
}

/** The difference is told of the best: it alone was compared with what had to be beaten. */
function selectText({ best, selectDifference }: TrialRow, { selectMean }: ConfigurationRow, index: number): string {
  if (selectMean === undefined) return "";
  return `${percent(selectMean)}${index === best && selectDifference !== undefined ? ` (${points(selectDifference)})` : ""}`;
}

function outcomeText({ outcome }: TrialRow): string {
  return outcome === "accepted" ? "ACCEPTED" : outcome.replaceAll("-", " ");
}

/** Of the tests on the confirm seeds. */
export function testLines({ key, tests }: TrialRow): string[] {
  return tests.map(({ against, estimate, interval, pairs, decision }) => {
    const range = interval === undefined ? "" : ` (95 % interval ${points(interval[0])} to ${points(interval[1])})`;
    const opponent = against === "base" ? "the base alone" : "the incumbent specialist";
    return `${key} against ${opponent}: ${points(estimate)} points${range}, ${pairs} pairs: ${decision ?? "undecided"}.`;
  });
}

function adapterLine({ adapter, accepted, record }: TrainOverview): string {
  if (adapter === undefined) return "No specialist: the base keeps its memory itself.";
  const origin =
    accepted.length > 0 ? `accepted in ${accepted.at(-1)}` : record.specialist === adapter ? "as at the start" : "";
  return `Specialist ${adapter}, ${origin}.`;
}

function figuresTable({ base, specialist }: NonNullable<TrainOverview["memory"]>): string {
  const rows = memoryLines([base, specialist]).map(({ name, values }) => [name, ...values]);
  const right = "right" as const;
  return table(
    [{ title: "" }, { title: "base alone", align: right }, { title: "with specialist", align: right }],
    rows,
  );
}

function reportLines(report: NonNullable<TrainOverview["report"]>): string[] {
  const { base, specialist, difference, low, high, pairs, otherOpenings } = report;
  const others =
    otherOpenings === 0
      ? []
      : [
          `Other campaigns and runs of this store opened report seeds of this game ${otherOpenings} times: look on the figure accordingly.`,
        ];
  if (specialist === undefined) return [`Report seeds, opened once: ${percent(base)} by the base alone.`, ...others];
  const range = low === undefined ? "" : ` (95 % interval ${points(low)} to ${points(high ?? low)})`;
  return [
    `Report seeds, opened once: ${percent(base)} by the base alone, ${percent(specialist)} with the specialist: ${points(difference)} points${range}, ${pairs} pairs.`,
    ...others,
  ];
}

function nextLines({ id, state, trials, adapter, settings, record }: TrainOverview): string[] {
  if (isOpen(state)) return [`Go on with: automem resume ${id}`];
  const short = adapter?.slice(0, 12);
  const use =
    short === undefined
      ? []
      : [
          `Use it: ${playCommand(settings.play, { scaffold: record.scaffold.slice(0, 12), specialist: short })}`,
          `Where it comes from: automem why ${short}`,
        ];
  return [...use, ...(trials.length === 0 ? [] : [`A trial in full: automem show ${id}/${trials[0]?.key}`])];
}
