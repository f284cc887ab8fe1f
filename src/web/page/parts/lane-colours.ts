/** Colours of what is drawn in a lane of a time line. Pure. */

/** Told apart with any of the common kinds of colour blindness. Source: Okabe and Ito, "Color Universal Design" (2008). */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a00", "#7f7f7f"];

/** Series that can be told apart. */
export const mostColours = colours.length;

/** Of these each has the same colour in every time line, so that two lines side by side are read alike. */
const steady = ["APPEND", "SEARCH", "DONE", "ACTION", "READ", "WRITE"];

/** A colour for each name: the steady ones', and those that are left in the order of the names. At most as many names as colours. */
export function coloursOf(names: readonly string[]): string[] {
  const taken = new Set(names.map((name) => steady.indexOf(name)).filter((index) => index >= 0));
  const free = colours.filter((_, index) => !taken.has(index));
  return names.map((name) => colours[steady.indexOf(name)] ?? free.shift()!);
}
