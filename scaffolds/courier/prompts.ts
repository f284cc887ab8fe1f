/** The texts of LOG and PLAN: one short text for each kind of scene, what is seen, and last the form of the answer. */
import { type ContinueInput, fileIndex, observationText, type ReadContext, resultsText, sections, text } from "automem";
import { newsForm, readScene, type Scene } from "./scene.ts";

export interface State {
  /** Keys of the lookups that the model has done in the present step's PLAN; see repeat.ts. */
  lookups: string[];
}

export type Context = ReadContext<State>;

/** The model's own file; one line a person. */
export const passwordFile = "passwords.txt";

/**
 * What LOG shows: the scene of now, and at step 1 the one before it too, which had no LOG. Of the two only those that tell something,
 * if any do: a small model notes the one beside it.
 */
export function logTexts(ctx: Context): string[] {
  const before = ctx.stepIndex === 1 ? ctx.previousObservation?.long : undefined;
  const all = before === undefined ? [ctx.observation.long] : [before, ctx.observation.long];
  const telling = all.filter(tells);
  return telling.length === 0 ? all : telling;
}

export function logPrompt(ctx: Context): string {
  const texts = logTexts(ctx);
  const told = texts.some(tells);
  return sections([
    text(told ? "prompts/log-telling.md" : "prompts/log-quiet.md"),
    texts.length > 1 && told ? text("prompts/log-two.md") : undefined,
    fileIndex(ctx),
    texts.map((each) => `You read: ${each}`).join("\n") + (told ? "\nYou answer:" : ""),
    told ? undefined : "You answer: <|DONE|>",
  ]);
}

export function planPrompt(ctx: Context): string {
  const { kind } = readScene(ctx.observation.long);
  if (kind === "telling" || kind === "talk" || kind === "road") {
    return sections([
      text("prompts/plan-road.md"),
      `You read: ${observationText(ctx.observation)}`,
      "You answer: <|ACTION|>walk<|END|>",
    ]);
  }
  return sections([
    text("prompts/plan-door.md"),
    `${fileIndex(ctx)}. ${ctx.observation.short}`,
    ctx.memory.count(passwordFile) === 0 ? `Nothing is noted: guess. ${wordList(ctx)}` : undefined,
    `You read: ${withoutNews(ctx.observation.long)}\nYou answer:`,
  ]);
}

export function continueText(ctx: Context, input: ContinueInput, phase: "log" | "plan"): string {
  if (phase === "log") return sections([resultsText(input), "If nothing is left to note, answer <|DONE|>"]);
  const answers = input.results.filter(({ failed }) => !failed).map(({ text: answer }) => answer);
  const found = [...new Set(answers)].filter((answer) => !answer.startsWith("No line"));
  const shown = found.length > 0 ? found : input.results.map(({ text: answer }) => answer);
  return sections([
    input.rejection === undefined ? undefined : `Not played: ${input.rejection}`,
    found.length > 0 ? text("prompts/plan-say.md") : wordList(ctx),
    input.callsLeft === 1 ? "This is your last call: say a word now." : undefined,
    `You read: ${withoutNews(ctx.observation.long)}\n${shown.length === 0 ? "" : `You are shown: ${shown.join("\n")}\n`}You answer:`,
  ]);
}

export function handoffText(ctx: Context): string {
  return `${asked(readScene(ctx.observation.long))} Answer with the action alone: <|ACTION|>word<|END|>`;
}

/** Shown where the notes do not help. */
function wordList(ctx: Context): string {
  const words = ctx.actions.map(({ name }) => name).filter((name) => name !== ctx.defaultAction);
  return `Words that can be said, with ACTION: ${words.join(", ")}.`;
}

function tells(observed: string): boolean {
  const { kind } = readScene(observed);
  return kind === "telling" || kind === "other";
}

/** The scene without what became of the door before, whose person a small model would search for. */
function withoutNews(observed: string): string {
  return observed.replace(newsForm, "");
}

function asked({ kind, place }: Scene): string {
  if (kind !== "door") return "Choose the action now.";
  return place === undefined ? "Say the password." : `Say only the ${place} word of the password.`;
}
