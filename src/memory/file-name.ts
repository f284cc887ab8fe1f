/**
 * The rule for names in the memory folder: one flat level, and names that any file system can hold,
 * so that a folder can be written out on any machine.
 */

export const fileNameCharacters = 64;

const allowed = /^[A-Za-z0-9._-]+$/;
const first = /^[A-Za-z0-9]/;
/** Device names on Windows, with or without an extension. */
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
/** Keys that validation drops from JSON objects; a file of that name would be lost from the trace. */
const unkeepable = new Set(["constructor", "prototype"]);

/**
 * Why `name` cannot be a file name, as a sentence for the model; `undefined` if it can.
 * Allowed: 1 to 64 characters of `A-Z a-z 0-9 . _ -`, the first a letter or digit, the last not a dot, no Windows device name,
 * nor `constructor` or `prototype`.
 */
export function fileNameFault(name: string): string | undefined {
  const rule = brokenRule(name);
  return rule === undefined ? undefined : `Bad file name: ${rule}. Use a name like ${suggestion(name)}`;
}

/** The form in which two names that differ only in case are equal. */
export function fileNameKey(name: string): string {
  return name.toLowerCase();
}

function brokenRule(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name.includes("/") || name.includes("\\")) return "there are no folders, so no / or \\";
  if (name.length > fileNameCharacters) return `it has ${name.length} characters, the limit is ${fileNameCharacters}`;
  if (!allowed.test(name)) return "only letters, digits, dot, _ and - are allowed";
  if (!first.test(name)) return "it must begin with a letter or digit";
  if (name.endsWith(".")) return "it must not end with a dot";
  if (reserved.test(name) || unkeepable.has(name)) return "this name is reserved on some systems";
  return undefined;
}

/** The last part of a path where that is a good name. */
function suggestion(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  return base !== name && brokenRule(base) === undefined ? base : "notes.txt";
}
