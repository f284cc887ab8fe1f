/**
 * The TypeScript check of a scaffold package, in memory: strict, as scaffolds/tsconfig.json says, against scaffolds/automem.d.ts. The
 * compiler is the last one written in JavaScript, so that it can be asked from inside the binary; it is loaded on first use (some 50 ms, and
 * 0.5 s for the first package).
 */
import ts from "typescript-classic";
import { automemTypes, compilerOptions, libraries } from "./type-texts.js";

/** A finding in a module of the package. */
export interface TypeFault {
  path: string;
  /** From 1; 0 for the whole file. */
  line: number;
  message: string;
}

export interface TypeCheck {
  faults: TypeFault[];
  /** Parsed modules by path, for what else is asked of them. */
  modules: ReadonlyMap<string, ts.SourceFile>;
  checker: ts.TypeChecker;
}

const packageFolder = "/package/";
const libraryFolder = "/library/";
const typesPath = "/automem.d.ts";

/** Libraries and types, parsed once a process. */
const shared = new Map<string, ts.SourceFile>();

/** Checks the modules of a package (path to text). All faults are returned, in order of path and line. Deterministic. */
export function checkTypes(texts: ReadonlyMap<string, string>): TypeCheck {
  const options = checkerOptions();
  const sources = parseModules(texts);
  const find = (name: string): ts.SourceFile | undefined =>
    name.startsWith(packageFolder) ? sources.get(name.slice(packageFolder.length)) : sharedSource(name);
  const host: ts.CompilerHost = {
    getSourceFile: (name) => find(name),
    fileExists: (name) => find(name) !== undefined,
    readFile: (name) => find(name)?.text,
    directoryExists: (name) => [...sources.keys()].some((path) => `${packageFolder}${path}`.startsWith(`${name}/`)),
    getDirectories: () => [],
    getDefaultLibFileName: () => `${libraryFolder}lib.es2023.d.ts`,
    getDefaultLibLocation: () => libraryFolder.slice(0, -1),
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile: () => undefined,
  };
  const program = ts.createProgram(
    [typesPath, ...[...sources.keys()].map((path) => packageFolder + path)],
    options,
    host,
  );
  const diagnostics = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
  for (const source of sources.values()) {
    diagnostics.push(...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source));
  }
  const faults = diagnostics.map(faultOf);
  for (const [path, source] of sources) faults.push(...switchedOff(path, source));
  return { faults, modules: sources, checker: program.getTypeChecker() };
}

/** The modules of a package, parsed; in order of path. Nothing is checked. */
export function parseModules(texts: ReadonlyMap<string, string>): Map<string, ts.SourceFile> {
  const modules = [...texts].filter(([path]) => path.endsWith(".ts")).sort(([one], [other]) => order(one, other));
  return new Map(
    modules.map(([path, text]) => [
      path,
      ts.createSourceFile(packageFolder + path, text, ts.ScriptTarget.ES2023, true),
    ]),
  );
}

function checkerOptions(): ts.CompilerOptions {
  // `lib` names files here, not features.
  const { lib, ...plain } = compilerOptions;
  const { options, errors } = ts.convertCompilerOptionsFromJson(plain, "/");
  if (errors.length > 0) throw new TypeError(`scaffolds/tsconfig.json: ${messageOf(errors[0]!)}`);
  return { ...options, lib: ["lib.es2023.d.ts"], types: [] };
}

function sharedSource(name: string): ts.SourceFile | undefined {
  const known = shared.get(name);
  if (known !== undefined) return known;
  const text = name === typesPath ? automemTypes : libraryText(name);
  if (text === undefined) return undefined;
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2023);
  shared.set(name, source);
  return source;
}

function libraryText(name: string): string | undefined {
  const file = name.startsWith(libraryFolder) ? name.slice(libraryFolder.length) : "";
  return Object.hasOwn(libraries, file) ? libraries[file] : undefined;
}

function faultOf(diagnostic: ts.Diagnostic): TypeFault {
  const { file, start } = diagnostic;
  const path = file === undefined ? "" : file.fileName.replace(packageFolder, "");
  const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
  return { path, line, message: `${messageOf(diagnostic)}${advice(diagnostic)}` };
}

function messageOf(diagnostic: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, " ").replaceAll(packageFolder, "");
}

/** Why memory cannot be written from other hooks. */
function advice(diagnostic: ts.Diagnostic): string {
  const isWrite = /^Property '(write|append|remove)' does not exist on type 'MemoryReader'/.test(messageOf(diagnostic));
  return isWrite
    ? " Memory is written in afterLog and beforePlan only: before the action of the step is known, so that no outcome is noted before it is seen."
    : "";
}

/** Comments that would switch the check off. */
function switchedOff(path: string, source: ts.SourceFile): TypeFault[] {
  const faults: TypeFault[] = [];
  for (const match of source.text.matchAll(/^\s*(?:\/\/|\/\*|\*)\s*@ts-(nocheck|ignore|expect-error)\b/gm)) {
    const line = source.getLineAndCharacterOfPosition(match.index + match[0].length).line + 1;
    faults.push({ path, line, message: `@ts-${match[1]} is not allowed: the type check cannot be switched off.` });
  }
  return faults;
}

function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
