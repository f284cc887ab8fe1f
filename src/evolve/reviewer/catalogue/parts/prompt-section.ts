/** Puts a section into a prompt. Part of a scaffold package: runs in the sandbox. */

/** In front of the last paragraph, which tells the form of the answer: a small model follows best what it read last. */
export function beforeEnding(prompt: string, section: string | undefined): string {
  if (section === undefined || section.trim() === "") return prompt;
  const whole = prompt.trimEnd();
  const at = whole.lastIndexOf("\n\n");
  return at < 0 ? `${section}\n\n${whole}` : `${whole.slice(0, at)}\n\n${section}${whole.slice(at)}`;
}

/** A text in one line of so many characters at most. */
export function short(text: string, most: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most - 3)}...` : line;
}
