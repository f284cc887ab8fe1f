/** Whether a revision changes more than wording: the one thing every revision must do. */
import { type CheckLine, failLine, okLine } from "../../core/check-line.ts";
import type { EpisodeContext } from "../../core/scaffold.ts";
import type { LoadedScaffold } from "../../scaffold/load-scaffold.ts";
import type { PackageFiles } from "../../scaffold/package-files.ts";

/** What a package is, wording taken away. */
interface Structure {
  statements: readonly string[];
  /** Hidden operations, and the package's own with phases, effect and arguments. */
  operations: readonly string[];
  /** Names of the files that an episode starts with, and of those under `files/`. */
  seeds: readonly string[];
}

/** Compares with the parent. */
export async function changeLine(revised: LoadedScaffold, parent: LoadedScaffold): Promise<CheckLine> {
  const name = "structural change";
  if (parent.hash === revised.hash || sameContent(parent.files, revised.files)) {
    return failLine(
      name,
      "the revision is the package it started from.",
      "Change how memory works, or hand in nothing.",
    );
  }
  const before = await structure(parent);
  const after = await structure(revised);
  const changed = [
    difference("code", before.statements, after.statements),
    difference("operations", before.operations, after.operations),
    difference("seeded files", before.seeds, after.seeds),
  ].filter((part) => part !== undefined);
  if (changed.length > 0) return okLine(name, changed.join("; "));
  return failLine(
    name,
    "only wording differs: the code without its texts, the operations and the names of the seeded files are as before.",
    "Change the structure: an operation, a seeded file, a hook, what a prompt is made of.",
  );
}

/** The same files but for version and notes. */
function sameContent(one: PackageFiles, other: PackageFiles): boolean {
  const hooks = (files: PackageFiles) =>
    JSON.stringify(
      [...files]
        .filter(([path]) => path !== "scaffold.json" && path !== "NOTES.md")
        .map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])
        .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
    );
  return hooks(one) === hooks(other);
}

async function structure(scaffold: LoadedScaffold): Promise<Structure> {
  const [{ parseModules }, { structureOf }] = await Promise.all([
    import("../../scaffold/check/type-check.ts"),
    import("../../scaffold/check/structure.ts"),
  ]);
  const texts = new Map([...scaffold.files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
  const session = await scaffold.open(anyEpisode(scaffold.manifest.games?.[0] ?? "plain"), 0);
  try {
    const own = session.operations.map(({ name, phases, effect, arguments: given }) =>
      JSON.stringify([name, phases, effect, given]),
    );
    const seeds = new Set([
      ...Object.keys(session.initFiles()),
      ...[...scaffold.files.keys()].filter((path) => path.startsWith("files/")),
    ]);
    return {
      statements: structureOf(parseModules(texts)),
      operations: [...own, ...session.hiddenOperations.map((name) => `hidden ${name}`)].sort(),
      seeds: [...seeds].sort(),
    };
  } finally {
    session.dispose();
  }
}

function anyEpisode(game: string): EpisodeContext {
  return {
    game,
    task: "default",
    gameInstruction: "Play.",
    actions: [{ name: "wait", description: "" }],
    defaultAction: "wait",
    maxSteps: 100,
    callsPerPhase: 10,
  };
}

/** `code: 2 parts new, 1 gone`; `undefined` if equal. Both are sorted. */
function difference(what: string, before: readonly string[], after: readonly string[]): string | undefined {
  const fresh = without(after, before).length;
  const gone = without(before, after).length;
  if (fresh + gone === 0) return undefined;
  return `${what}: ${fresh} new, ${gone} gone`;
}

/** Items of a multiset that another lacks. */
function without(items: readonly string[], other: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const item of other) counts.set(item, (counts.get(item) ?? 0) + 1);
  return items.filter((item) => {
    const left = counts.get(item) ?? 0;
    counts.set(item, left - 1);
    return left <= 0;
  });
}
