/** Lookups that help nothing: the same again instead of acting, and a search that finds no line. */

export interface Lookup {
  name: string;
  arguments: string[];
}

/** A lookup as text, equal for equal lookups. Keywords differ in case only: SEARCH does not mind it. */
export function lookupKey({ name, arguments: given }: Lookup): string {
  return [name, ...given.map((argument) => argument.trim().toLowerCase())].join("|");
}

/** Why a lookup is refused; `undefined` lets it pass. `done` holds the keys of this PLAN. */
export function repeatFault(lookup: Lookup, done: readonly string[]): string | undefined {
  return done.includes(lookupKey(lookup))
    ? "You have looked this up already; the answer is above. Act now."
    : undefined;
}

/**
 * What to run in place of a search that finds nothing: the whole file, so that a misspelt name costs no call. `undefined`: run it as it is.
 * `found` and `lines` are the lines with the keyword and all lines of the file.
 */
export function insteadOf({ name, arguments: given }: Lookup, found: number, lines: number): Lookup | undefined {
  const [file = ""] = given;
  if (name !== "SEARCH" || found > 0 || lines === 0 || lines > linesToShow) return undefined;
  return { name: "READ", arguments: [file] };
}

/** Longer files are not shown whole unasked. */
const linesToShow = 20;
