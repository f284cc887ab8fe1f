/** The texts of LOG and PLAN. */
import {
  type Action,
  type ContinueInput,
  type EpisodeContext,
  fileIndex,
  fill,
  observationText,
  operationHelp,
  perEpisode,
  type ReadContext,
  resultsText,
  sections,
  text,
} from "automem";
import { neighbours, neighboursText } from "./map.ts";

export interface State {
  /** The second word of the last two-word action: the answer to a question of the game. */
  pendingAnswer: string | null;
}

type Context = ReadContext<State>;

/** Characters of the instruction that LOG repeats at most. */
const goalCharacters = 400;
/** Of a first observation that the first LOG shows, at most. */
const firstSightCharacters = 600;

/** More actions than this are listed by name only. */
const describedActions = 40;

const logRules = perEpisode((ctx) =>
  fill(text("prompts/log.md"), { goal: goalOf(ctx.instruction), operations: operationHelp(ctx, "log") }),
);

const planRules = perEpisode((ctx) =>
  fill(text("prompts/plan.md"), {
    instruction: ctx.instruction,
    operations: operationHelp(ctx, "plan"),
    actions: actionList(ctx),
  }),
);

export function logPrompt(ctx: Context): string {
  const outcome = ctx.outcome === undefined ? undefined : `Your last action: ${ctx.outcome.executed}`;
  return sections([
    logRules(),
    fileIndex(ctx),
    firstSight(ctx),
    outcome,
    notices(ctx),
    seen(ctx),
    `Answer with one or two operations, then <|DONE|>. For example:\n<|APPEND|>${exampleFile(ctx)}|what happened, in one line<|END|>\n<|DONE|>`,
  ]);
}

export function planPrompt(ctx: Context): string {
  const around = neighbours(ctx.observation.long);
  return sections([
    planRules(),
    fileIndex(ctx),
    notices(ctx),
    seen(ctx),
    around === undefined ? undefined : neighboursText(around),
    pending(ctx),
    `Answer with one operation. To act: <|ACTION|>${exampleAction(ctx)}<|END|>`,
  ]);
}

export function continueText(ctx: Context, input: ContinueInput, phase: "log" | "plan"): string {
  const ending =
    phase === "log"
      ? "Write what is still missing, or answer <|DONE|>"
      : `Look up more, or act: <|ACTION|>${exampleAction(ctx)}<|END|>`;
  const last = phase === "plan" && input.callsLeft === 1 ? "This is your last call: act now." : undefined;
  return sections([resultsText(input), `Calls left: ${input.callsLeft}. ${last ?? ""}`, ending]);
}

export function handoffText(ctx: Context): string {
  return `Choose the action now. Answer with it alone: <|ACTION|>${exampleAction(ctx)}<|END|>`;
}

/**
 * The first LOG comes after the first action: what was said before it can be noted nowhere else. A long text is a map, and seen again; it
 * would take the room of a small context twice.
 */
function firstSight(ctx: Context): string | undefined {
  const text = ctx.stepIndex === 1 ? ctx.previousObservation?.long : undefined;
  return text === undefined || text.length > firstSightCharacters
    ? undefined
    : `What you saw first:\n${text.trimEnd()}`;
}

/** The observation without the blanks at the ends of its lines, which say nothing and cost tokens; every row of a map stays. */
function seen(ctx: Context): string {
  const rows = observationText(ctx.observation).split("\n");
  return `What you see now:\n${rows.map((row) => row.trimEnd()).join("\n")}`;
}

/** The first sentences of an instruction, whole: enough to know what matters. */
function goalOf(instruction: string): string {
  const paragraph = instruction.split("\n\n")[0]?.replace(/\s+/g, " ").trim() ?? "";
  if (paragraph.length <= goalCharacters) return paragraph;
  const end = paragraph.lastIndexOf(". ", goalCharacters);
  return end < 0 ? "" : paragraph.slice(0, end + 1);
}

/** What went wrong with the last action, and how often the observation has stayed as it was. */
function notices(ctx: Context): string | undefined {
  const { outcome, unchangedSteps } = ctx;
  const parts: string[] = [];
  if (outcome && !outcome.valid) {
    parts.push(
      `Your action "${outcome.action}" is not an action of this game; "${outcome.executed}" was played instead.`,
    );
  } else if (outcome?.fallback) parts.push(`You gave no action; "${outcome.executed}" was played instead.`);
  if (unchangedSteps >= 3) {
    parts.push(
      `CRITICAL: nothing has changed for ${unchangedSteps} steps. What you do has no effect: do something else.`,
    );
  } else if (unchangedSteps >= 1) parts.push("WARNING: nothing changed since your last action.");
  return parts.length === 0 ? undefined : parts.join("\n");
}

function pending(ctx: Context): string | undefined {
  return ctx.state.pendingAnswer === null ? undefined : `The game asks. You meant: ${ctx.state.pendingAnswer}`;
}

function exampleFile(ctx: Context): string {
  const preferred = ["observations.txt", "notes.txt"].find((name) => ctx.files.some((file) => file.name === name));
  return preferred ?? ctx.files[0]?.name ?? "notes.txt";
}

/** An action that is not the default one, so that a model which copies the example still moves. */
function exampleAction(ctx: EpisodeContext): string {
  return ctx.actions.find(({ name }) => name !== ctx.defaultAction)?.name ?? ctx.defaultAction;
}

function actionList(ctx: EpisodeContext): string {
  const { actions } = ctx;
  if (actions.length <= describedActions) {
    return describedList(actions);
  }
  const words: string[] = [];
  const small: string[] = [];
  const capital: string[] = [];
  const digits: string[] = [];
  const numbers: string[] = [];
  const signs: string[] = [];
  for (const { name } of actions) {
    if (isNumber(name)) (name.length === 1 ? digits : numbers).push(name);
    else if (name.length > 1) words.push(name);
    else if (name >= "a" && name <= "z") small.push(name);
    else if (name >= "A" && name <= "Z") capital.push(name);
    else if (name.toLowerCase() === name.toUpperCase()) signs.push(name);
  }
  const groups = [
    words.join(", "),
    range("answers to questions", small),
    range("answers in capitals", capital),
    range("digits", digits),
    range("numbers", numbers),
    signs.join(" "),
  ];
  return groups.filter((group) => group !== "").join("\n");
}

/** One line for each action; those that do the same in other directions share one. */
function describedList(actions: readonly Action[]): string {
  const list: string[] = [];
  let previous: string | undefined;
  let alike: string[] = [];
  const flush = () => {
    if (alike.length > 0) list.push(`${alike.join(", ")}: likewise`);
    alike = [];
  };
  for (const { name, description } of actions) {
    const kind = description
      .split(" ")
      .filter((word) => !name.toLowerCase().split(" ").includes(word))
      .join(" ");
    if (description !== "" && kind === previous) {
      alike.push(name);
      continue;
    }
    flush();
    previous = kind;
    list.push(description === "" ? name : `${name}: ${description}`);
  }
  flush();
  return list.join("\n");
}

function range(label: string, names: readonly string[]): string {
  if (names.length < 4) return names.join(", ");
  return `${label}: ${names[0]} to ${names[names.length - 1]}`;
}

function isNumber(name: string): boolean {
  return name >= "0" && name < ":";
}
