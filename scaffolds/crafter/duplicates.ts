/** Refuses an APPEND that says only what the file says already. */

/** Why the write is refused; `undefined` lets it pass. `content` is the file's text, or `undefined` if there is none. */
export function duplicateFault(file: string, text: string, content: string | undefined): string | undefined {
  const known = new Set(plainLines(content ?? ""));
  const added = plainLines(text);
  if (added.length === 0 || added.some((line) => !known.has(line))) return undefined;
  return `${file} says that already. Note only what is new.`;
}

/** Lines without case, list marks, step numbers in front, and ends of sentences. */
function plainLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) =>
      line
        .toLowerCase()
        .replace(/^\s*(?:[-*]|\d+[.)])?\s*(?:step \d+\s*[:,-]\s*)?/, "")
        .replace(/[\s.!]+$/, "")
        .replace(/\s+/g, " "),
    )
    .filter((line) => line !== "");
}
