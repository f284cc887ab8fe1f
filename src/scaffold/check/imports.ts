/** Which modules of a package its entry reaches by imports. Pure. */
import ts from "typescript-classic";
import { resolveModule } from "../sandbox/resolve-module.ts";

/** Modules that nothing imports, in order of path. They would be dead weight, or something hidden. */
export function unimportedModules(modules: ReadonlyMap<string, ts.SourceFile>, entry: string): string[] {
  const reached = new Set<string>();
  const left = [entry];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const source = modules.get(path);
    if (source === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const statement of source.statements) {
      const from = specifierOf(statement);
      const target = from?.startsWith(".") ? resolveModule(path, from) : undefined;
      if (target !== undefined) left.push(target);
    }
  }
  return [...modules.keys()].filter((path) => !reached.has(path)).sort();
}

function specifierOf(statement: ts.Statement): string | undefined {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined;
  const { moduleSpecifier } = statement;
  return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : undefined;
}
