/** Observations as words and sentences, for what is seen, asked and remembered. English function words say nothing. Pure. */

const functionWords = new Set(
  (
    "a an and are as at be been but by can could did do does for from had has have he her here his how i if in into is it its " +
    "just me my no not now of off on or our out she so some than that the their them then there these they this those to too up " +
    "us was we were what when where which who will with would you your yes"
  ).split(" "),
);

/** A sentence that begins with one of these asks for something. */
const asking = new Set(
  "answer bring choose enter give name offer show say speak spell state tell type utter write".split(" "),
);
/** A sentence with one of these needs something. */
const needing = new Set("ask asks demands expects must need needs require required requires".split(" "));

/** Lower case, letters and digits only, in order, with repeats: `The mason's door, no. 12` is `the mason s door no 12`. */
export function tokensOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Of tokens, those that say something: numbers, and words of two letters or more that are no function words. */
export function tellingWords(tokens: Iterable<string>): Set<string> {
  const words = new Set<string>();
  for (const token of tokens) if (isNumber(token) || (token.length > 1 && !functionWords.has(token))) words.add(token);
  return words;
}

export function isNumber(token: string): boolean {
  return /^\p{N}+$/u.test(token);
}

/** The sentences of a line, without outer space. */
export function sentencesOf(line: string): string[] {
  return line
    .split(/(?<=[.!?])\s+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
}

/**
 * The sentences of a line that want something of the reader, and whether the line does so outright (`question`), so that it tells no fact:
 * `You need the brass key.` does not, `Where is the key?` and `Say the word.` do.
 */
export function demandsOf(line: string): { asking: string[]; question: boolean } {
  let question = false;
  const found = sentencesOf(line).filter((sentence) => {
    const outright = sentence.includes("?") || asking.has(tokensOf(sentence.slice(0, 40))[0] ?? "");
    question ||= outright;
    return outright || tokensOf(sentence).some((token) => needing.has(token));
  });
  return { asking: found, question };
}
