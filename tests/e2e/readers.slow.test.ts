/** What automem exports, opened by the programs it is for: inspect_ai's own reader and pyarrow. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { missing, Sandbox, titled } from "./automem.ts";
import { pythonReaders } from "./python-readers.ts";

const minute = 60_000;
const lacking = missing("courier");
const readers = lacking === undefined ? await pythonReaders() : { reason: lacking };
const reason = "reason" in readers ? readers.reason : undefined;

interface SeenSample {
  score: number | null;
  error: string | null;
  events: Record<string, number>;
  functions: Record<string, number>;
  inputs: string[][];
  outputs: string[];
  roles: Record<string, number>;
  memory: Record<string, string>;
}
interface Seen {
  status: string;
  error: string | null;
  task: string;
  mean: number;
  unscored: number;
  samples: Record<string, SeenSample>;
  summaries: [string, boolean][];
  tables: Record<string, { columns: string[]; types: string[]; rows: unknown[]; scores: (number | null)[] | null }>;
}

describe.skipIf(reason !== undefined)(titled("exports read by others", reason), () => {
  let box: Sandbox;
  let seen: Seen;
  let run: { progression: { mean: number }; episodes: { key: string; progress: number }[] };

  beforeAll(async () => {
    box = await Sandbox.make({ prepared: true });
    const script = await box.write("script.json", {
      schema: "automem.script/1",
      rules: [
        { episode: "tiny-s4", phase: "plan", step: 2, fault: { code: "server-error", message: "out of order" } },
        { phase: "log", turn: 0, reply: "<|APPEND|>notes.txt|said \u{1f511} \ud800<|END|><|DONE|>", cycle: true },
        { phase: "plan", turn: 0, match: "at the \\w+'s door", reply: "<|ACTION|>jade<|END|>", cycle: true },
        { phase: "plan", turn: 0, reply: "<|TAIL|>notes.txt|3<|END|><|FLY|>", cycle: true },
        { phase: "plan", turn: 1, reply: "<|ACTION|>walk<|END|>", cycle: true },
      ],
    });
    await box.run("run", "courier", "--task", "tiny", "--model", `scripted:${script}`, "--seeds", "1,2,3,4,5,6");
    run = JSON.parse((await box.run("show", "last", "--json")).stdout);
    await box.run("export", "last", "--format", "inspect", "--out", "run.eval");
    await box.run("export", "last", "--format", "parquet", "--out", "tables");
    await box.run("export", "last", "--format", "csv", "--out", "tables");
    const tables = ["episodes.parquet", "steps.parquet", "episodes.csv", "steps.csv"].map((name) => `tables/${name}`);
    const { python } = readers as { python: string };
    const child = Bun.spawnSync([python, join(import.meta.dir, "read_exports.py"), "run.eval", ...tables], {
      cwd: box.folder,
    });
    if (child.exitCode !== 0) throw new Error(child.stderr.toString());
    seen = JSON.parse(child.stdout.toString());
  }, 3 * minute);
  afterAll(() => box.remove());

  test("inspect_ai sees the run, its score and what is missing", () => {
    expect(seen).toMatchObject({ status: "error", task: "automem/courier", unscored: 1 });
    expect(seen.error).toBe("1 of 6 episodes are missing.");
    expect(seen.mean).toBeCloseTo(run.progression.mean);
    expect(seen.summaries.filter(([, completed]) => !completed)).toEqual([["tiny-s4", false]]);
  });

  test("inspect_ai sees each episode's score; a failed one has its error and none", () => {
    for (const { key, progress } of run.episodes)
      expect(seen.samples[key]?.score).toBe(key === "tiny-s4" ? null : progress);
    expect(seen.samples["tiny-s4"]?.error).toContain("out of order");
  });

  test("inspect_ai sees model calls with all that was sent, and memory operations as tool calls", async () => {
    const sample = seen.samples["tiny-s1"]!;
    const step = JSON.parse((await box.run("show", "last/tiny-s1", "--step", "1", "--json")).stdout);
    const calls = [...step.log.calls, ...step.plan.calls];
    // Step 0 has no LOG: its two PLAN calls come first.
    for (const [index, { call, messages }] of calls.entries()) {
      expect(sample.inputs[2 + index]).toEqual(
        messages.map(({ content }: { content: string }) => content.toWellFormed()),
      );
      expect(sample.outputs[2 + index]).toBe(call.reply.toWellFormed());
    }
    expect(sample.functions.APPEND).toBe(10);
    expect(sample.events).toMatchObject({ model: sample.outputs.length, tool: expect.any(Number) });
    expect(sample.roles.assistant).toBe(sample.outputs.length);
    expect(sample.memory["notes.txt"]).toStartWith("said \u{1f511}");
  });

  test("pyarrow reads the same tables from Parquet and CSV", () => {
    for (const name of ["episodes", "steps"]) {
      const parquet = seen.tables[`tables/${name}.parquet`]!;
      const csv = seen.tables[`tables/${name}.csv`]!;
      expect(parquet.columns).toEqual(csv.columns);
      expect(parquet.rows).toEqual(csv.rows);
    }
    const { scores, types, columns } = seen.tables["tables/episodes.parquet"]!;
    expect(scores).toEqual(run.episodes.map(({ key, progress }) => (key === "tiny-s4" ? null : progress)));
    expect(types[columns.indexOf("seed")]).toBe("int64");
    expect(types[columns.indexOf("score")]).toBe("double");
  });
});
