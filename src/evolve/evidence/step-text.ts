/** One step as text: what was seen, LOG, PLAN, the action and what came of it, what changed in memory, trouble. */
import type { CallEntry, OperationEntry } from "../../core/journal.ts";
import type { Phase } from "../../core/memory-op.ts";
import type { TroubleFound } from "../../metrics/trouble/trouble.ts";
import { type LongText, LongTexts } from "./long-texts.ts";
import type { MemoryChange } from "./memory-changes.ts";
import { inline, quoted } from "./plain-text.ts";
import { addLines, type KnownLines, lineSet, newLines, textOf } from "./prompt-changes.ts";
import { type EntryOf, percent, plainNumber, type RecordedStep } from "./recorded-step.ts";

/** Lines that a message need not show again. */
interface ShownLines {
  observation: ReadonlySet<string>;
  /** Results, replies and texts written, of the phase so far. */
  above: Set<string>;
}

/** Writes the steps of an episode in order; it remembers the last prompt of each phase. */
export class StepWriter {
  #prompts = new Map<Phase, ReadonlySet<string>>();

  /** `outcome`: the observation after the step; `undefined` if the episode stopped before. */
  write(step: RecordedStep, outcome: EntryOf<"observation"> | undefined): { lines: string[]; long: LongText[] } {
    const texts = new LongTexts(step.stepIndex);
    const action = step.entries.find((entry) => entry.kind === "action");
    const end = outcome?.transition;
    const head = [
      `Step ${step.stepIndex}`,
      action === undefined ? "no action" : `action ${inline(action.action)}`,
      ...(end === undefined ? [] : [`reward ${plainNumber(end.reward)}`]),
      `progress ${percent((outcome ?? step.observation).progress)}`,
    ];
    const { long, short } = step.observation.observation;
    const lines = [
      `## ${head.join(" · ")}`,
      "",
      "### Observation",
      ...texts.quote(long),
      ...(short === "" ? [] : ["status:", ...texts.quote(short)]),
      ...signalLines(step, texts),
      "",
      ...this.#phase("log", step, texts),
      ...this.#phase("plan", step, texts),
      ...actionLines(step, action, outcome),
      ...step.trouble.map(troubleLine),
      "",
    ];
    return { lines, long: texts.kept };
  }

  #phase(phase: Phase, step: RecordedStep, texts: LongTexts): string[] {
    const entries = step.entries.filter((entry) => "phase" in entry && entry.phase === phase);
    if (entries.length === 0) return [];
    const lines = [`### ${phase.toUpperCase()}`];
    const { long, short } = step.observation.observation;
    const known = { observation: lineSet(long, short), above: new Set<string>() };
    for (const entry of entries) {
      if (entry.kind === "call") {
        lines.push(...this.#call(entry, known, texts));
        addLines(known.above, entry.reply);
      }
      if (entry.kind === "operation") {
        lines.push(...operationLines(entry, step.changes.get(entry) ?? [], texts));
        addLines(known.above, entry.result);
        addLines(known.above, entry.arguments.join("|"));
      }
      if (entry.kind === "phase-end") lines.push(`${phase.toUpperCase()} ended: ${entry.reason}`);
    }
    return [...lines, ""];
  }

  #call(call: CallEntry, shown: ShownLines, texts: LongTexts): string[] {
    const { promptTokens, generatedTokens } = call.usage;
    const tokens = `${promptTokens ?? "?"} tokens in, ${generatedTokens ?? "?"} out`;
    const cut = call.finishReason === "length" ? ", cut by the limit of tokens" : "";
    return [
      `Call ${call.callIndex + 1} (${call.speaker}; ${tokens}${cut})`,
      call.fresh ? "prompt:" : "told:",
      ...this.#added(call, shown, texts),
      "reply:",
      ...texts.quote(call.reply),
      ...(call.kept === undefined ? [] : ["of which the base model sees:", ...texts.quote(call.kept)]),
    ];
  }

  #added(call: CallEntry, { observation, above }: ShownLines, texts: LongTexts): string[] {
    const text = textOf(call.added);
    const before = this.#prompts.get(call.phase);
    const known: KnownLines[] = [
      { where: "of the observation", lines: observation },
      { where: "shown above", lines: above },
    ];
    if (call.fresh) this.#prompts.set(call.phase, lineSet(text));
    if (call.fresh && before === undefined) return ["[the whole prompt is in ../summary.md]"];
    if (before !== undefined && call.fresh)
      known.push({ where: `as in the last ${call.phase.toUpperCase()} prompt`, lines: before });
    return newLines(text, known).flatMap((part) => ("mark" in part ? [part.mark] : texts.quote(part.text)));
  }
}

/** One line on a trouble; also for trouble.md. */
export function troubleLine(found: TroubleFound): string {
  switch (found.kind) {
    case "empty-search": {
      const seen = found.seenAtStep === undefined ? "never seen before" : `seen at step ${found.seenAtStep}`;
      const stored = found.storedIn === undefined ? "in no file" : `but ${inline(found.storedIn)} has it`;
      return `TROUBLE empty search: ${inline(found.keyword)} is not in ${inline(found.file)} (${seen}, ${stored})`;
    }
    case "redundant-write":
      return `TROUBLE redundant write to ${inline(found.file)}: memory had the line ${inline(found.line)}`;
    case "lost-fact": {
      const where = found.storedIn === undefined ? "" : `, though ${inline(found.storedIn)} has it`;
      return `TROUBLE lost fact (${found.loss}): needed ${inline(found.fact)}, seen at step ${found.seenAtStep}${where}`;
    }
  }
}

function operationLines(entry: OperationEntry, changes: readonly MemoryChange[], texts: LongTexts): string[] {
  const words = [entry.name, ...entry.arguments].map((word) => inline(word)).join(" ");
  const failure = entry.failure === undefined ? "" : `, ${inline(entry.failure)}`;
  const from = entry.rewrittenFrom;
  const instead = from === undefined ? "" : ` (in place of ${[from.name, ...from.arguments].map(inline).join(" ")})`;
  return [
    `- ${entry.actor}: ${words}${instead} → ${entry.status}${failure}`,
    ...texts.quote(entry.result),
    ...changes.flatMap(({ title, difference }) => [`  memory: ${title}`, ...texts.quote(difference)]),
  ];
}

function actionLines(
  step: RecordedStep,
  action: EntryOf<"action"> | undefined,
  outcome: EntryOf<"observation"> | undefined,
): string[] {
  if (action === undefined) return ["### Action", "none: the episode stopped here"];
  const raw =
    action.raw === action.action
      ? ""
      : action.raw === ""
        ? ", as nothing was written"
        : `, written ${inline(action.raw)}`;
  const lines = [
    "### Action",
    `${inline(action.action)}${raw}${action.fallback ? ", the scaffold's fallback" : ""}`,
    ...action.rejections.flatMap(({ action: rejected, reason }) => [
      `rejected by the scaffold: ${inline(rejected)}`,
      ...quoted(reason),
    ]),
  ];
  if (outcome?.transition === undefined) return lines;
  const { reward, valid, executed, terminated, truncated } = outcome.transition;
  const { observation, progress } = outcome;
  const seen = step.observation.observation;
  const same = observation.long === seen.long && observation.short === seen.short;
  const facts = [
    `reward ${plainNumber(reward)}`,
    `progress ${percent(step.observation.progress)} → ${percent(progress)}`,
    ...(valid ? [] : [`not an action of the game: ${inline(executed)} was played`]),
    ...(same ? ["the observation stayed as it was"] : []),
    ...(terminated ? ["the game ended"] : []),
    ...(truncated ? ["a limit ended the game"] : []),
  ];
  return [...lines, facts.join(" · ")];
}

/** What the scaffold made of the observation, as JSON. */
function signalLines(step: RecordedStep, texts: LongTexts): string[] {
  const entry = step.entries.find(({ kind }) => kind === "signals") as EntryOf<"signals"> | undefined;
  if (entry === undefined) return [];
  const isEmpty = Object.keys(entry.signals).length === 0;
  return [
    ...(isEmpty ? [] : ["signals of the scaffold:", ...texts.quote(JSON.stringify(entry.signals))]),
    ...(entry.debug === undefined ? [] : ["its debug value:", ...texts.quote(JSON.stringify(entry.debug))]),
  ];
}
