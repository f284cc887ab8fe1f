/** Words as they would be typed in a POSIX shell. */
export function shellWords(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line of automem, to be typed again. Without `--json`, which changes only what is printed: work begun from the page has it. Pure. */
export function commandText(commandLine: readonly string[]): string {
  return shellWords(["automem", ...commandLine.filter((word) => word !== "--json")]);
}
