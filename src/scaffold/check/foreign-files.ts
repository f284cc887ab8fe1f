/** Which files belong in a scaffold package, and why others do not. docs/formats.md, "Scaffold package". Pure. */

export interface ForeignFile {
  path: string;
  reason: string;
}

/** Beside `scaffold.json` in a folder, for an editor: left out when a folder is read, and foreign in a package. */
export const editorFiles: readonly string[] = ["automem.d.ts", "tsconfig.json"];

const belongs = [/^scaffold\.json$/, /^NOTES\.md$/, /^(?!.*\.d\.ts$).+\.ts$/, /^prompts\/.+\.md$/, /^files\/.+$/];

/** Checked first: a module under `src/` is no module of a package. */
const foreign: readonly [RegExp, string][] = [
  [
    /^(src|plugins|scaffolds|dist|node_modules|scripts)\//,
    "it looks like a part of automem; a scaffold cannot replace it",
  ],
  [/^tests?\/|\.(test|spec)\.ts$/, "tests do not travel with a package"],
  [/^seeds\/|(^|\/)seeds?\.json$/, "it looks like a seed set; which seeds are played is not a scaffold's to say"],
  [
    /(^|\/)(evaluat\w*|evaluation|eval|scor(e|er|ing)|gate|grader|metrics|rewards?)(\.\w+|\/)/i,
    "it looks like an evaluator; what an episode is worth is measured outside of the scaffold",
  ],
  [/(^|\/)(package\.json|bun\.lockb?|package-lock\.json)$/, "packages of a registry cannot be used in a scaffold"],
  [/\.d\.ts$/, "types come with automem; a package declares none of its own"],
  [/(^|\/)tsconfig\.json$/, "the settings of the type check come with automem"],
  [/\.(c|m)?js$|\.tsx$|\.(c|m)ts$/, "modules are written in TypeScript, as .ts files"],
  [/\.(py|sh|wasm|exe|so|dll)$/, "only TypeScript modules run, in the sandbox"],
];

/** Files that have no place in a package, in order of path. */
export function foreignFiles(paths: Iterable<string>): ForeignFile[] {
  return [...paths].sort().flatMap((path) => {
    const known = path.startsWith("files/") ? undefined : foreign.find(([pattern]) => pattern.test(path));
    if (known !== undefined) return [{ path, reason: known[1] }];
    if (belongs.some((pattern) => pattern.test(path))) return [];
    return [{ path, reason: "a package holds scaffold.json, *.ts, prompts/*.md, files/* and NOTES.md" }];
  });
}
