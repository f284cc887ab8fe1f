/** Shows in PLAN the notes that share rare words with what is seen. Part of a scaffold package: runs in the sandbox. */
import type { ReadContext, Scaffold } from "automem";
import { type NoteLine, noteLines } from "./note-lines.ts";
import { beforeEnding, short } from "./prompt-section.ts";

/** Notes shown at most. */
const shownNotes = 5;

/** Characters of the observation that are looked at. */
const seenCharacters = 6_000;

export function recall<State>(inner: Scaffold<State>): Scaffold<State> {
  return { ...inner, planPrompt: (ctx) => beforeEnding(inner.planPrompt(ctx), notesOnThis(ctx)) };
}

function notesOnThis<State>(ctx: ReadContext<State>): string | undefined {
  const found = related(noteLines(ctx.memory), `${ctx.observation.long}\n${ctx.observation.short}`);
  if (found.length === 0) return undefined;
  const told = found.map(({ file, text }) => `- ${file}: ${short(text, 160)}`);
  return `Your notes on what you see (file: line):\n${told.join("\n")}`;
}

/** The notes that have most in common with a text. A word counts the more, the fewer notes have it. Later notes come first among equals. */
export function related(notes: readonly NoteLine[], seen: string): NoteLine[] {
  const wanted = wordsOf(seen.slice(0, seenCharacters));
  const having = new Map<string, number>();
  const words = notes.map(({ text }) => [...wordsOf(text)].filter((word) => wanted.has(word)));
  for (const word of words.flat()) having.set(word, (having.get(word) ?? 0) + 1);
  const common = Math.max(2, notes.length / 5);
  const scored = notes.map((note, index) => {
    const rare = (words[index] ?? []).filter((word) => (having.get(word) ?? 0) <= common);
    return { note, index, score: rare.reduce((sum, word) => sum + 1 / (having.get(word) ?? 1), 0) };
  });
  const best = scored
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || other.index - one.index);
  const seenTexts = new Set<string>();
  return best
    .filter(({ note }) => !seenTexts.has(note.text) && seenTexts.add(note.text))
    .slice(0, shownNotes)
    .map(({ note }) => note);
}

/** Words of three letters or more, in lower case, without a possessive. */
function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}]{3,}/gu) ?? []);
}
