/** Turns a package's TypeScript into the modules that the sandbox loads, and makes the virtual module "automem" for it. */
import { messageOf, ScaffoldError } from "../core/errors.ts";
import automemText from "./guest/automem.guest.js" with { type: "text" };
import type { CheckedPackage } from "./package-files.ts";
import { resolveModule } from "./sandbox/resolve-module.ts";
import type { SandboxModules } from "./sandbox/sandbox.ts";

/** Files that hooks have no use for. */
const unreadable = ["scaffold.json", "NOTES.md"];

/** The modules of a package. Throws `ScaffoldError` (`bad-module`) for what cannot be transpiled and for imports other than static ones. */
export function packageModules({ manifest, texts }: CheckedPackage): SandboxModules {
  const sources = new Map<string, string>();
  const readable: Record<string, string> = {};
  // In order of path: equal packages must behave alike, however their files came.
  for (const [path, text] of [...texts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (path.endsWith(".ts")) sources.set(path, transpile(path, text));
    else if (!unreadable.includes(path)) readable[path] = text;
  }
  // Parsed at run time: as a literal, a file named __proto__ would set the prototype.
  const files = JSON.stringify(JSON.stringify(readable));
  for (const [path, source] of sources) checkImports(path, source, sources);
  sources.set("automem", `const packageFiles = JSON.parse(${files});\n${automemText}`);
  return { entry: manifest.entry, sources };
}

function transpile(path: string, text: string): string {
  const transpiler = new Bun.Transpiler({ loader: "ts", target: "browser", trimUnusedImports: true });
  try {
    return transpiler.transformSync(text);
  } catch (cause) {
    throw badModule(path, messageOf(cause), cause);
  }
}

/** Every import must be static and lead to a module of the package, or to "automem". */
function checkImports(path: string, source: string, sources: ReadonlyMap<string, string>): void {
  for (const { path: wanted, kind } of new Bun.Transpiler({ loader: "js", target: "browser" }).scanImports(source)) {
    if (kind !== "import-statement")
      throw badModule(path, `${kind} of "${wanted}" is not allowed; use a static import`);
    if (wanted === "automem") continue;
    if (!wanted.startsWith("./") && !wanted.startsWith("../")) {
      throw badModule(path, `it imports "${wanted}"; only "automem" and files of the package (./...) can be imported`);
    }
    const target = resolveModule(path, wanted);
    if (target === undefined) throw badModule(path, `it imports "${wanted}", which lies outside the package`);
    if (!sources.has(target))
      throw badModule(path, `it imports "${wanted}"; the package has no module ${target} (write the .ts ending)`);
  }
}

function badModule(path: string, what: string, cause?: unknown): ScaffoldError {
  return new ScaffoldError(
    `Module ${path} of the scaffold package cannot be loaded: ${what}. Correct it and load the package again.`,
    {
      code: "bad-module",
      data: { path },
      cause,
    },
  );
}
