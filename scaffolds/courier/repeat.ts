/** Refuses a lookup that this PLAN has done already: its answer stands above, and a small model asks again instead of acting. */

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
