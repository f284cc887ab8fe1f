/** The texts of LOG and PLAN: short, one for each kind of scene, the form of the answer last. */
import { type ContinueInput, type ReadContext, resultsText, sections, text } from "automem";
import { askedWords } from "./found.ts";
import { newsForm, readScene } from "./scene.ts";

export interface State {
  /** Arguments of the searches in the present step's PLAN. */
  lookups: string[][];
}

type Context = ReadContext<State>;

/**
 * What LOG shows: the scene of now, and at step 1 the one before it too, which had no LOG. Of the two only those that tell something,
 * if any do.
 */
function logTexts(ctx: Context): string[] {
  const before = ctx.stepIndex === 1 ? ctx.previousObservation?.long : undefined;
  const all = before === undefined ? [ctx.observation.long] : [before, ctx.observation.long];
  const telling = all.filter(tells);
  return telling.length === 0 ? all : telling;
}

export function logPrompt(ctx: Context): string {
  const texts = logTexts(ctx);
  if (!texts.some(tells)) return sections([text("prompts/log-quiet.md"), texts.join("\n")]);
  const two = texts.length > 1 ? text("prompts/log-two.md") : undefined;
  return sections([text("prompts/log-telling.md"), two, texts.join("\n")]);
}

export function planPrompt(ctx: Context): string {
  const atDoor = readScene(ctx.observation.long).kind === "door";
  return sections([text(atDoor ? "prompts/plan-door.md" : "prompts/plan-road.md"), withoutNews(ctx.observation.long)]);
}

export function continueText(ctx: Context, input: ContinueInput, phase: "log" | "plan"): string {
  if (phase === "log") return sections([resultsText(input), "If nothing is left to note: <|DONE|>"]);
  const found = input.results.filter(({ failed }) => !failed).flatMap(({ text: answer }) => answer.split("\n"));
  const words = askedWords(found, placeAsked(ctx));
  const shown = words.length === 0 ? resultsText(input) : words.map((word) => `Found: |${word}|`).join("\n");
  return sections([input.rejection, `${shown}\n${sayText(ctx, words)}`]);
}

/** Told after the results, so what was found is looked up once more: the word to say must stand last. */
export function handoffText(ctx: Context): string {
  const found = ctx.state.lookups.flatMap(([file = "", keyword = ""]) => ctx.memory.search(file, keyword));
  return sayText(ctx, askedWords(found, placeAsked(ctx)));
}

function sayText(ctx: Context, words: readonly string[]): string {
  const word = words.at(-1);
  if (word !== undefined) return `Say |${word}|:`;
  if (readScene(ctx.observation.long).kind !== "door") return "Walk on: <|ACTION|>walk<|END|>";
  const place = placeAsked(ctx);
  return place === undefined ? "Say the word:" : `Say the ${place} word:`;
}

function placeAsked(ctx: Context): string | undefined {
  return readScene(ctx.observation.long).place;
}

function tells(observed: string): boolean {
  const { kind } = readScene(observed);
  return kind === "telling" || kind === "other";
}

/** The scene without what became of the door before, whose person a small model would search for. */
function withoutNews(observed: string): string {
  return observed.replace(newsForm, "");
}
