/** Asks in LOG for what is new, sentence by sentence, with the operation that keeps it. Part of a scaffold package: runs in the sandbox. */
import type { Observation, ReadContext, Scaffold } from "automem";
import { noteLines, plain } from "./note-lines.ts";
import { beforeEnding } from "./prompt-section.ts";

const factFile = "facts.txt";

/** Sentences offered at most, and characters of one. */
const offered = 3;
const sentenceCharacters = 160;

export function factForm<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    initFiles: (ctx) => ({ [factFile]: "", ...inner.initFiles?.(ctx) }),
    logPrompt: (ctx) =>
      beforeEnding(inner.logPrompt(ctx), form(ctx, inner.hiddenOperations?.includes("APPEND") ?? false)),
  };
}

/** `withoutAppend`: the scaffold has another way to write. */
function form<State>(ctx: ReadContext<State>, withoutAppend: boolean): string | undefined {
  const known = new Set(noteLines(ctx.memory).map(({ text }) => plain(text)));
  const fresh = newSentences(ctx).filter((sentence) => !known.has(plain(sentence)));
  if (fresh.length === 0) return undefined;
  const ask = "New here. What of it will you be asked for, or need, later? Who, what, where, which words?";
  if (withoutAppend) return [ask, ...fresh.map((sentence) => `- ${sentence}`)].join("\n");
  const forms = fresh.map((sentence) => `<|APPEND|>${factFile}|${sentence}<|END|>`);
  return `${ask} Keep it word for word:\n${forms.join("\n")}`;
}

/** Sentences that the last observation did not show. The first observation had no LOG, so the second LOG has both. */
function newSentences<State>({ observation, previousObservation, stepIndex }: ReadContext<State>): string[] {
  const before = stepIndex > 1 && previousObservation !== undefined ? sentencesOf(previousObservation) : [];
  const first = stepIndex === 1 && previousObservation !== undefined ? sentencesOf(previousObservation) : [];
  const seen = [...first, ...sentencesOf(observation)];
  return [...new Set(seen)].filter((sentence) => !before.includes(sentence)).slice(0, offered);
}

/** Sentences of words: no maps, no tables. */
function sentencesOf({ long }: Observation): string[] {
  return long
    .split(/\n|(?<=[.!?])\s+/)
    .map((part) => part.replace(/[|<>]/g, " ").replace(/\s+/g, " ").trim())
    .filter((part) => part.length <= sentenceCharacters && (part.match(/[\p{L}]{2,}/gu) ?? []).length >= 4);
}
