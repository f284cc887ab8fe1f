/** A file with one line for each person: `mason: coral swan`. Pure: from the old text to the new one. */

/** The name a person is kept under: lower case, without an article or a possessive, or `undefined` if nothing is left. */
export function personKey(written: string): string | undefined {
  const key = written
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' -]+/gu, " ")
    .trim()
    .replace(/^the\s+/, "")
    .replace(/'s(?:\s+(?:door|password))?$/, "")
    .trim();
  return key === "" ? undefined : key;
}

/** The password as it is kept: one line, without quotes, a full stop or the sentence around it; `undefined` if nothing is left. */
export function passwordText(written: string): string | undefined {
  const plain = written
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(?:.*\b)?password is (?:now )?/i, "")
    .replace(/^["'`]+|["'`.!,;]+$/g, "")
    .trim()
    .toLowerCase();
  return plain === "" ? undefined : plain;
}

export interface NotebookChange {
  text: string;
  /** What the line said before; absent if the person had none. */
  before?: string;
}

/** The file with the line of `key` replaced, or added at the end. Other lines stay as they are, in their order. */
export function withLine(text: string, key: string, password: string): NotebookChange {
  const rows = text.split("\n").filter((row) => row.trim() !== "");
  const at = rows.findIndex((row) => keyOf(row) === key);
  const change: NotebookChange = { text: "" };
  if (at >= 0) change.before = (rows[at] ?? "").slice((rows[at] ?? "").indexOf(":") + 1).trim();
  const others = rows.filter((row, index) => index === at || keyOf(row) !== key);
  const row = `${key}: ${password}`;
  if (at >= 0) others[at] = row;
  else others.push(row);
  change.text = others.join("\n");
  return change;
}

/** The people with a line, in their order. */
export function people(text: string): string[] {
  return text
    .split("\n")
    .map(keyOf)
    .filter((key) => key !== undefined);
}

function keyOf(row: string): string | undefined {
  const bar = row.indexOf(":");
  return bar <= 0 ? undefined : row.slice(0, bar).trim();
}
