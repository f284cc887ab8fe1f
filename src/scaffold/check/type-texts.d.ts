/** Types of type-texts.js. */

/** TypeScript's libraries for ES2023: file name to text. */
export const libraries: Readonly<Record<string, string>>;
/** `compilerOptions` of scaffolds/tsconfig.json. */
export const compilerOptions: Readonly<Record<string, unknown>>;
/** scaffolds/automem.d.ts. */
export const automemTypes: string;
