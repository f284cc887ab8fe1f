/** Types of part-texts.js. */

/** File of `parts/` to its text. */
export const partTexts: Readonly<Record<string, string>>;
