/** The check of a package: what passes, and each way of breaking the rules, refused with its reason. */
import { describe, expect, test } from "bun:test";
import type { JournalEntry } from "../../../src/core/journal.ts";
import { type CheckOptions, checkScaffold } from "../../../src/evolve/check/check-scaffold.ts";
import type { RecordedEpisode } from "../../../src/run/replay/recorded-episode.ts";
import { checkText } from "../../../src/scaffold/check/check-report.ts";
import type { PackageFiles } from "../../../src/scaffold/package-files.ts";
import { record } from "../../run/replay/recording.ts";
import { manifestText, packageFiles } from "../../scaffold/packages.ts";
import { loadBase } from "../../scaffolds/base-package.ts";

/** A package of one module whose hooks are `fields`, with the two prompts. */
function pack(fields: string, top = "", others: Record<string, string> = {}): PackageFiles {
  const hooks = `import { defineScaffold } from "automem";
${top}
export default defineScaffold<{ [name: string]: number }>({ logPrompt: () => "log", planPrompt: () => "plan", ${fields} });`;
  return packageFiles({ "scaffold.json": manifestText, "hooks.ts": hooks, ...others });
}

function changed(files: PackageFiles, changes: Record<string, string>): PackageFiles {
  return new Map([...files, ...packageFiles(changes)]);
}

function textOf(files: PackageFiles, path: string): string {
  return new TextDecoder().decode(files.get(path));
}

/** A corridor whose places are told in sentences. */
async function corridor(): Promise<RecordedEpisode> {
  const played = await record(await loadBase(), { steps: 14 });
  const all = played.all.map((entry): JournalEntry => {
    if (entry.kind !== "observation") return entry;
    return { ...entry, observation: { long: `A long corridor, at place number ${entry.stepIndex}.`, short: "" } };
  });
  return {
    ...played,
    entries: async function* () {
      yield* all;
    },
  };
}

/** The lines that failed, as `name: found`. */
async function failures(files: PackageFiles, options: CheckOptions = {}): Promise<string> {
  const report = await checkScaffold(files, options);
  const failed = report.lines.filter(({ status }) => status === "fail");
  expect(report.passed).toBe(failed.length === 0);
  return failed.map(({ name, found }) => `${name}: ${found}`).join("\n");
}

describe("a package that keeps the rules", () => {
  test("passes without recordings and with them, with the same text each time", async () => {
    const base = (await loadBase()).files;
    const options = { recorded: [await corridor()] };
    const report = await checkScaffold(base, options);
    expect(report.passed).toBe(true);
    expect(checkText(report)).toBe(checkText(await checkScaffold(base, options)));
    expect(checkText(report)).not.toMatch(/\d+ ?ms\b/);
    expect(report.lines.map(({ status }) => status)).not.toContain("warn");
    expect((await checkScaffold(base)).passed).toBe(true);
  });

  test("may rewrite a status in every step, refuse repetitions, reject some actions and add operations", async () => {
    const files =
      pack(`afterLog: (ctx) => ctx.memory.write("status.txt", ctx.observation.long + " step " + ctx.stepIndex),
      onOperation: (ctx, op) => op.name === "APPEND" && ctx.memory.read(op.arguments[0] ?? "")?.includes(op.arguments[1] ?? "") ? { verdict: "refuse", text: "stands there" } : undefined,
      validateAction: (_ctx, action) => action === "noop" ? "do something" : undefined,
      operations: [{ name: "PUT", phases: ["log"], effect: "write", arguments: ["name", "text"], help: "puts",
        run: (_ctx, args) => ({ text: "put", writes: [{ file: "facts.txt", text: args.join(": ") }] }) }]`);
    expect(await failures(files, { recorded: [await corridor()] })).toBe("");
  });
});

describe("what a package is made of", () => {
  test("a manifest that is none is the one failure", async () => {
    const files = packageFiles({ "scaffold.json": "{}", "hooks.ts": "" });
    expect(await failures(files)).toContain("package: The scaffold package cannot be used: scaffold.json");
  });

  test("an evaluator, seeds, parts of automem, types of its own and other files are foreign, each with its reason", async () => {
    const strangers = {
      "evaluator.ts": "export const score = 1;",
      "seeds/crafter/report.json": "{}",
      "src/run/run.ts": "",
      "automem.d.ts": "",
      "package.json": "{}",
      "play.py": "",
      "readme.txt": "",
    };
    const found = await failures(pack("", "", strangers));
    expect(found).toContain("evaluator.ts does not belong in a package: it looks like an evaluator");
    expect(found).toContain("seeds/crafter/report.json does not belong in a package: it looks like a seed set");
    expect(found).toContain("src/run/run.ts does not belong in a package: it looks like a part of automem");
    expect(found).toContain("automem.d.ts does not belong in a package: types come with automem");
    expect(found).toContain("package.json does not belong in a package");
    expect(found).toContain("play.py does not belong in a package");
    expect(found).toContain("readme.txt does not belong in a package: a package holds scaffold.json");
  });

  test("a module that nothing imports is named", async () => {
    const report = await checkScaffold(pack("", "", { "dead.ts": "export const x = 1;" }));
    expect(report.lines).toContainEqual({
      name: "modules",
      status: "warn",
      found: "dead.ts is imported by nothing.",
      cost: "Import it or leave it out.",
    });
  });
});

describe("types", () => {
  test("are checked strictly against automem.d.ts, with path and line", async () => {
    const found = await failures(pack("", "export const wrong: number = 'a';\nexport const first: string = [1][0];"));
    expect(found).toContain("types: hooks.ts:2: Type 'string' is not assignable to type 'number'.");
    expect(found).toContain("types: hooks.ts:3: Type 'number | undefined' is not assignable");
    expect(await failures(pack("", "console.log(process.env, fetch);"))).toContain("Cannot find name 'process'");
  });

  test("cannot be switched off", async () => {
    expect(await failures(pack("", "// @ts-ignore\nexport const wrong: number = 'a';"))).toContain(
      "@ts-ignore is not allowed",
    );
    expect(await failures(pack("", "// @ts-nocheck\nexport const wrong: number = 'a';"))).toContain(
      "@ts-nocheck is not allowed",
    );
  });

  test("of code that a compiler cannot bear are refused, not tried", async () => {
    const deep = (open: string, close: string) => `export const x = ${open.repeat(20_000)}1${close.repeat(20_000)};`;
    expect(await failures(pack("", deep("(", ")")))).toBe(
      "types: hooks.ts:2: more than 250 brackets are open at one time. Take it apart.",
    );
    expect(await failures(pack("", `export const x = ${"1 + ".repeat(60_000)}1;`))).toContain(
      "an expression of more than 2000 tokens",
    );
    expect(await failures(pack("", `export const x = ${"a=>".repeat(20_000)}1;`))).toContain(
      "an expression of more than 2000 tokens",
    );
    const chain = `export function f(n: number) { ${"if (n) {} else ".repeat(15_000)} {} }`;
    expect(await failures(pack("", chain))).toContain("nested too deep");
  });
});

describe("writing outside of the phases", () => {
  test("memory writes in a prompt, an operation check or an action check are refused, typed or not", async () => {
    for (const hook of [
      `planPrompt: (ctx) => { ctx.memory.write("a.txt", "won"); return "x"; }`,
      `validateAction: (ctx) => { ctx.memory.append("a.txt", "won"); return undefined; }`,
    ]) {
      expect(await failures(pack(hook))).toMatch(
        /does not exist on type 'MemoryReader'.*before the action of the step is known/,
      );
    }
    const cast = pack(
      `onOperation: (ctx) => { try { (ctx.memory as any).write("a.txt", "won"); } catch { return undefined; } return undefined; }`,
    );
    expect(await failures(cast)).toContain("phases: hooks.ts:3: write() is called on a value without a type");
    const hidden = pack(
      `planPrompt: (ctx) => { (ctx.memory as unknown as { write(a: string, b: string): void }).write("a.txt", "won"); return "x"; }`,
    );
    expect(await failures(hidden)).toContain("hooks, a plain episode: step 0, planPrompt: ");
  });

  test("putting a write in the place of a read is refused", async () => {
    const files = pack(
      `onOperation: (_ctx, op) => op.name === "READ" ? { verdict: "rewrite", operation: { name: "APPEND", arguments: ["a.txt", "I won"] } } : undefined`,
    );
    expect(await failures(files)).toContain(
      "READ in PLAN cannot be used at step 0: onOperation puts APPEND in its place, which is a write",
    );
  });

  test("an outcome that is written before it is seen is refused", async () => {
    const oracle = pack(
      `beforePlan: (ctx) => ctx.memory.write("next.txt", "A long corridor, at place number " + (ctx.stepIndex + 1) + ".")`,
    );
    expect(await failures(oracle, { recorded: [await corridor()] })).toContain(
      'hooks wrote 13 lines before any observation showed them; at step 0 "A long corridor, at place number 1.", seen at step 1.',
    );
  });
});

describe("memory that is not in the model's hands", () => {
  test("a log of observations that writes itself is refused, appended or kept short", async () => {
    const recorded = [await corridor()];
    const log = pack(`afterLog: (ctx) => ctx.memory.append("log.txt", ctx.observation.long)`);
    expect(await failures(log, { recorded })).toContain(
      "lines of 13 observations, copied by afterLog or beforePlan, stand in memory at one time; at most 8 may",
    );
    const ring = pack(
      `afterLog: (ctx) => ctx.memory.write("log.txt", [...ctx.memory.tail("log.txt", 9), ctx.observation.long].join("\\n"))`,
    );
    expect(await failures(ring, { recorded })).toContain("history buffer, corridor/walk-s7: lines of 10 observations");
  });

  test("a summary of every step that writes itself is refused", async () => {
    const diary = pack(
      `afterLog: (ctx) => ctx.memory.append("diary.txt", "In step " + ctx.stepIndex + " I did " + (ctx.outcome?.executed ?? "") + " and it was a fine day.")`,
    );
    expect(await failures(diary, { recorded: [await corridor()] })).toMatch(
      /hooks let memory grow by 4\d characters a step; at most 40 are allowed/,
    );
  });

  test("refusing what the model writes is refused", async () => {
    const mute = pack(
      `onOperation: (ctx, op, phase) => phase === "log" && op.name === "APPEND" ? { verdict: "refuse", text: "memory is mine" } : undefined`,
    );
    expect(await failures(mute)).toContain(
      'APPEND in LOG cannot be used at step 1: onOperation refuses it: "memory is mine"',
    );
    const late = pack(
      `onOperation: (ctx) => ctx.stepIndex % 7 > 0 ? { verdict: "refuse", text: "not now" } : undefined`,
    );
    expect(await failures(late, { recorded: [await corridor()] })).toContain("are refused now");
  });
});

describe("what the parent does already", () => {
  test("is a warning, unless the revision does more of it", async () => {
    const recorded = [await corridor()];
    const diary = (text: string, extra = "") =>
      pack(`afterLog: (ctx) => ctx.memory.append("diary.txt", ${text} + ctx.stepIndex)${extra}`);
    const parent = diary('"In this step I did something, and it was a very fine day, "');
    const revision = diary(
      '"In this step I did something, and it was a very fine day, "',
      ", debug: (ctx) => ctx.stepIndex",
    );
    expect(await failures(parent, { recorded })).toContain("hooks let memory grow by");
    const report = await checkScaffold(revision, { recorded, parent });
    expect(report.passed).toBe(true);
    expect(checkText(report)).toContain("So it is with the scaffold it was made from.");
    const worse = diary(
      '"In this step I did something, and it was a very fine day, as fine as days come, "',
      ", debug: (ctx) => ctx.stepIndex",
    );
    expect(await failures(worse, { recorded, parent })).toContain("hooks let memory grow by");
  });
});

describe("actions", () => {
  test("rejecting all of them is refused", async () => {
    expect(await failures(pack(`validateAction: () => "think again"`))).toContain(
      'ACTION cannot be used at step 0: validateAction rejects every action; wait: "think again"',
    );
  });

  test("a fallback that is no action of the game is refused", async () => {
    expect(await failures(pack(`fallbackAction: () => "fly"`))).toContain(
      '"fly" is not one of the actions of the game',
    );
  });
});

describe("hooks at work", () => {
  test("a loop without end and a throw are told with hook and step", async () => {
    const loop = pack(`onObservation: (ctx) => { while (ctx.stepIndex === 3); return {}; }`);
    expect(await failures(loop)).toMatch(
      /hooks, a plain episode: step 3, onObservation: .*hook onObservation failed: took more than/,
    );
    const throwing = pack(`beforePlan: (ctx) => { if (ctx.stepIndex === 2) throw new Error("no"); }`);
    expect(await failures(throwing)).toContain("step 2, beforePlan: ");
  });

  test("work near the limit is a warning", async () => {
    const busy = await checkScaffold(
      pack(`onObservation: () => { let sum = 0; for (let i = 0; i < 500000; i++) sum += i; return { sum }; }`),
    );
    expect(busy.lines.find(({ name }) => name.startsWith("work"))).toMatchObject({ status: "warn" });
  });
});

describe("the change against the parent", () => {
  test("is refused if there is none, in whatever order of files, version or notes", async () => {
    const base = (await loadBase()).files;
    const again = new Map([...base].reverse());
    again.set("NOTES.md", new TextEncoder().encode("Better."));
    again.set("scaffold.json", new TextEncoder().encode(textOf(base, "scaffold.json").replace("0.1.0", "0.2.0")));
    expect(await failures(again, { parent: base })).toContain(
      "structural change: the revision is the package it started from",
    );
  });

  test("is refused if it is wording: texts, comments, types, names, order, one more sentence in a list", async () => {
    const base = (await loadBase()).files;
    const prompts = textOf(base, "prompts.ts")
      .replace("WARNING: nothing changed since your last action.", "Careful!")
      .replace("/** The texts of LOG and PLAN. */", "/** Other words. */\nconst extra = 'Think well. ' + 'Twice.';")
      .replace("    outcome,\n", "    extra,\n    'Be brief.',\n    outcome,\n")
      .replaceAll("goalOf", "purposeOf");
    const worded = changed(base, {
      "prompts.ts": prompts,
      "prompts/log.md": "{{goal}} Now. {{operations}}",
      "files/minihack/rules.txt": "Other rules.",
    });
    expect(await failures(worded, { parent: base })).toBe(
      "structural change: only wording differs: the code without its texts, the operations and the names of the seeded files are as before.",
    );
  });

  test("passes for a seeded file, an operation, a hidden one, a hook, a condition, another helper or another number", async () => {
    const parent = pack("", "const limit = 3; export const near = (n: number) => n < limit;", { "files/a.txt": "" });
    const top = "const limit = 3; export const near = (n: number) => n < limit;";
    const put = `operations: [{ name: "PUT", phases: ["log"], effect: "write", arguments: ["text"], help: "puts", run: () => ({ text: "" }) }]`;
    const revisions: [PackageFiles, string][] = [
      [pack("", top, { "files/a.txt": "", "files/b.txt": "" }), "seeded files: 1 new, 0 gone"],
      [pack(`initFiles: () => ({ "index.md": "" })`, top, { "files/a.txt": "" }), "seeded files: 1 new, 0 gone"],
      [pack(put, top, { "files/a.txt": "" }), "operations: 1 new, 0 gone"],
      [pack(`hiddenOperations: ["COUNT"]`, top, { "files/a.txt": "" }), "operations: 1 new, 0 gone"],
      [pack(`debug: (ctx) => ctx.stepIndex`, top, { "files/a.txt": "" }), "code: 1 new, 1 gone"],
      [pack("", top.replace("n < limit", "n < limit && n > 0"), { "files/a.txt": "" }), "code: 1 new, 1 gone"],
      [pack("", top.replace("3", "4"), { "files/a.txt": "" }), "code: 1 new, 1 gone"],
    ];
    for (const [revision, found] of revisions) {
      const report = await checkScaffold(revision, { parent });
      expect(report.lines.find(({ name }) => name === "structural change")).toMatchObject({ status: "ok" });
      expect(checkText(report)).toContain(found);
    }
  });
});
