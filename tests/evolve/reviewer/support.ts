/** What the reviewer tests share: a task over an evidence folder in memory, a log that is a map, and a small package. */
import * as v from "valibot";
import type { DurableLog } from "../../../src/core/durable-log.ts";
import { ConfigError } from "../../../src/core/errors.ts";
import type { EvidenceFolder } from "../../../src/evolve/evidence/evidence-folder.ts";
import type { CheckFindings, ReviewOutcome, ReviewTask } from "../../../src/evolve/reviewer/reviewer.ts";
import type { TriedRevision } from "../../../src/evolve/tried-revision.ts";
import type { PackageFiles } from "../../../src/scaffold/package-files.ts";
import { manifestText, packageFiles } from "../../scaffold/packages.ts";

export const startFiles = packageFiles({
  "scaffold.json": manifestText,
  "hooks.ts":
    'import { defineScaffold } from "automem";\nexport default defineScaffold({ logPrompt: () => "log", planPrompt: () => "plan" });\n',
});

export const noChange: CheckFindings = { passed: true, text: "all well" };

/** A log in a map, through JSON as the real one. `started` has the names of the work that was begun. */
export function mapLog(
  kept = new Map<string, string>(),
): DurableLog & { kept: Map<string, string>; started: string[] } {
  const started: string[] = [];
  return {
    kept,
    started,
    has: (name) => kept.has(name),
    async once(name, schema, work) {
      const before = kept.get(name);
      if (before !== undefined) return v.parse(schema, JSON.parse(before));
      started.push(name);
      const result = v.parse(schema, JSON.parse(JSON.stringify(await work())));
      kept.set(name, JSON.stringify(result));
      return result;
    },
  };
}

/** A folder of evidence in memory; `path` is where an external program would look. */
export function evidenceOf(files: Record<string, string>, path = "/nowhere"): EvidenceFolder {
  const linesOf = (name: string): string[] => {
    const text = files[name];
    if (text === undefined) throw new ConfigError(`The evidence has no file ${name}.`, { code: "no-such-file" });
    return text.split("\n");
  };
  return {
    path,
    episodes: [],
    async list(folder) {
      const prefix = folder === "" ? "" : `${folder}/`;
      const inside = Object.keys(files).filter((name) => name.startsWith(prefix));
      const names = new Set(inside.map((name) => name.slice(prefix.length).replace(/\/.*/, "/")));
      return [...names].map((name) =>
        name.endsWith("/") ? { name } : { name, sizeBytes: files[prefix + name]!.length },
      );
    },
    async read(name, { fromLine, lines }) {
      const all = linesOf(name);
      return { text: all.slice(fromLine - 1, fromLine - 1 + lines).join("\n"), fromLine, totalLines: all.length };
    },
    async search({ text, below, limit }) {
      const matches = Object.keys(files)
        .filter((name) => below === undefined || name.startsWith(below))
        .flatMap((name) => linesOf(name).map((line, index) => ({ path: name, line: index + 1, text: line })))
        .filter((line) => line.text.toLowerCase().includes(text.toLowerCase()));
      return { matches: matches.slice(0, limit), more: matches.length > limit };
    },
  };
}

export function reviewTask(overrides: Partial<ReviewTask> = {}): ReviewTask {
  return {
    key: "r1a1c0",
    evidence: evidenceOf({
      "index.md": "one episode\n",
      "incumbent/default-s1/steps.md": "step 0\nthe door is locked\n",
    }),
    start: startFiles,
    brief: "Improve the scaffold.",
    history: [],
    check: async () => noChange,
    replay: async () => noChange,
    log: mapLog(),
    scratch: "/nowhere",
    limits: { turns: 20, seconds: 600 },
    signal: new AbortController().signal,
    ...overrides,
  };
}

export function textsOf(files: PackageFiles): Record<string, string> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
}

/** The proposal of an outcome that must have one. */
export function proposalOf(outcome: ReviewOutcome) {
  if (outcome.kind === "proposal") return outcome.proposal;
  throw new Error(`no proposal: ${outcome.code}: ${outcome.reason}`);
}

export const tried: TriedRevision = {
  key: "r1a1c0",
  parent: "a".repeat(64),
  scaffold: "b".repeat(64),
  structuralChange: { name: "key-value places", description: "A file of places." },
  analysis: "# Used?\nNo.",
  method: "Places stand in places.md.",
  outcome: "rejected-on-select",
  reason: "Mean 0.100, not above 0.200.",
  selectMean: 0.1,
  incumbentSelectMean: 0.2,
};
