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
    logPrompt(ctx) {
      const prompt = inner.logPrompt(ctx);
      const fresh = unknownSentences(ctx);
      if (fresh.length === 0) return prompt;
      // A scaffold that hides APPEND has a way to write of its own, and says how at the end of its prompt.
      if (inner.hiddenOperations?.includes("APPEND")) return beforeEnding(prompt, [ask, ...fresh.map(item)].join("\n"));
      // Last, since a small model does what it read last.
      return `${prompt.trimEnd()}\n\n${ask} Keep it word for word, and leave out what will not matter:\n${fresh.map(write).join("\n")}\n<|DONE|>`;
    },
  };
}

const ask = "New here. What of it will you be asked for, or need, later? Who, what, where, which words?";

function item(sentence: string): string {
  return `- ${sentence}`;
}

function write(sentence: string): string {
  return `<|APPEND|>${factFile}|${sentence}<|END|>`;
}

function unknownSentences<State>(ctx: ReadContext<State>): string[] {
  const known = new Set(noteLines(ctx.memory).map(({ text }) => plain(text)));
  return newSentences(ctx).filter((sentence) => !known.has(plain(sentence)));
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
