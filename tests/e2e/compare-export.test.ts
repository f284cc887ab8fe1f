/** Compare and export with the compiled binary, on runs of courier with the scripted model. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { missing, Sandbox, titled } from "./automem.ts";

const reason = missing("courier");
const minute = 60_000;
const seeds = "1,2,3,4,5,6,7,8,9,10,11,12";

/** Notes a line each LOG, guesses one word at every door. */
const guessing = (word: string, failing: string[] = []) => ({
  schema: "automem.script/1",
  rules: [
    { episode: ["none", ...failing], phase: "plan", step: 2, fault: { code: "server-error", message: "out of order" } },
    { phase: "log", turn: 0, reply: "<|APPEND|>notes.txt|something was said<|END|><|DONE|>", cycle: true },
    { phase: "plan", turn: 0, match: "at the \\w+'s door", reply: `<|ACTION|>${word}<|END|>`, cycle: true },
    { phase: "plan", turn: 0, reply: "<|SEARCH|>notes.txt|dragon<|END|>", cycle: true },
    { phase: "plan", turn: 1, reply: "<|ACTION|>walk<|END|>", cycle: true },
  ],
});

interface Comparison {
  runs: { name: string; mean: number; count: number; missing: number; tasks: { task: string }[] }[];
  differences: { pairs: number; planned: number; missingInOther: number; mean: number; low: number; high: number }[];
  warnings: string[];
  details: { figures: { emptySearchShare: number; writes: number }; times: { steps: number } }[];
  settings: { name: string }[];
}

describe.skipIf(reason !== undefined)(titled("compare and export", reason), () => {
  let box: Sandbox;
  let whole: string;
  let holes: string;

  const play = async (name: string, script: unknown, game: string[] = ["courier", "--task", "tiny"]) => {
    const path = await box.write(`${name}.json`, script);
    await box.run("run", ...game, "--model", `scripted:${path}`, "--seeds", seeds, "--parallel", "2");
    const runs = JSON.parse((await box.run("list", "--json")).stdout) as { id: string; model: string }[];
    return runs.find(({ model }) => model.includes(`/${name}.json`))?.id ?? "";
  };

  beforeAll(async () => {
    box = await Sandbox.make({ prepared: true });
    whole = await play("whole", guessing("jade"));
    holes = await play("holes", guessing("pearl", ["tiny-s3", "tiny-s5"]));
  }, 3 * minute);
  afterAll(() => box.remove());

  test(
    "compare pairs the episodes, says what is missing, and shows figures and cost",
    async () => {
      const { stdout, exitCode } = await box.run("compare", whole, holes, "--json");
      expect(exitCode).toBe(0);
      const comparison = JSON.parse(stdout) as Comparison;
      expect(comparison.runs.map(({ name, count, missing: gone }) => [name, count, gone])).toEqual([
        [whole, 12, 0],
        [holes, 10, 2],
      ]);
      expect(comparison.differences[0]).toMatchObject({ planned: 12, pairs: 10, missingInOther: 2 });
      expect(comparison.warnings.join()).toContain("not equally often");
      expect(comparison.details[0]?.figures).toMatchObject({ emptySearchShare: 1, writes: 12 * 10 });
      expect(comparison.details[0]?.times.steps).toBe(12 * 11);
      expect(comparison.settings.map(({ name }) => name)).toContain("model.name");

      const text = await box.run("compare", whole, holes);
      for (const said of ["10/12", "WARNING: Episodes are missing", "write:search", "tokens in", "seconds in game"])
        expect(text.stdout).toContain(said);
      expect((await box.run("compare", whole, holes)).stdout).toBe(text.stdout);
    },
    minute,
  );

  test(
    "compare draws an SVG that is the same each time",
    async () => {
      const draw = async (name: string) => {
        expect((await box.run("compare", whole, holes, "--plot", name)).exitCode).toBe(0);
        return Bun.file(join(box.folder, name)).text();
      };
      const svg = await draw("one.svg");
      expect(svg).toStartWith("<svg");
      expect(svg).toContain(`MISSING in ${holes}: 2 of 12`);
      expect(await draw("folder/two.svg")).toBe(svg);
      expect((await readdir(box.folder)).filter((name) => name.includes("tmp"))).toEqual([]);
    },
    minute,
  );

  test(
    "compare refuses what cannot be compared, and says why",
    async () => {
      const alone = await box.run("compare", whole);
      expect(alone.exitCode).toBe(2);
      expect(alone.stderr).toContain("two runs or more");
      const twice = await box.run("compare", whole, whole);
      expect(twice.exitCode).toBe(2);
      expect(twice.stderr).toContain("named twice");
      const picture = await box.run("compare", whole, holes, "--plot", "x.png");
      expect(picture.exitCode).toBe(2);
      expect(picture.stdout).toBe("");
      expect(picture.stderr).toContain(".svg");
      const unknown = await box.run("compare", whole, "nethack-1");
      expect(unknown.exitCode).toBe(2);
    },
    minute,
  );

  test(
    "list and show give the figures",
    async () => {
      const listed = JSON.parse((await box.run("list", "--figures", "--json")).stdout) as {
        id: string;
        totals: { figures: { writes: number; contextCharactersPerCall: number } };
      }[];
      expect(listed.find(({ id }) => id === whole)?.totals.figures.writes).toBe(120);
      expect((await box.run("list", "--figures")).stdout).toContain("unproductive");
      const run = JSON.parse((await box.run("show", whole, "--json")).stdout);
      expect(run.figures.log.operations).toEqual({ APPEND: 120, DONE: 120 });
      expect(run.times.steps).toBe(132);
      const text = (await box.run("show", whole)).stdout;
      for (const said of ["write:search", "context, characters a call", "LOG operations: APPEND 120"])
        expect(text).toContain(said);
    },
    minute,
  );

  test(
    "export writes both tables, or one; a missing episode has a row and no score",
    async () => {
      const exported = await box.run("export", holes, "--format", "csv", "--out", "tables");
      expect(exported.exitCode).toBe(0);
      expect(exported.stderr).toContain("2 of 12 episodes are not finished");
      const [names, ...rows] = (await Bun.file(join(box.folder, "tables/episodes.csv")).text()).trim().split("\r\n");
      const score = names?.split(",").indexOf("score") ?? -1;
      const failed = rows.filter((row) => row.includes(",failed,"));
      expect(rows.length).toBe(12);
      expect(failed.map((row) => row.split(",")[score])).toEqual(["", ""]);
      const steps = (await Bun.file(join(box.folder, "tables/steps.csv")).text()).trim().split("\r\n");
      // Ten whole episodes of 11 steps; of the two that failed in step 2, what was played.
      expect(steps.length).toBe(1 + 10 * 11 + 2 * 3);

      const one = await box.run("export", holes, "--format", "parquet", "--table", "steps", "--out", "s.parquet");
      expect(one.stdout.trim()).toBe("s.parquet");
      const read = await parquetReadObjects({ file: await asyncBufferFromFile(join(box.folder, "s.parquet")) });
      expect(read.length).toBe(steps.length - 1);
      expect(read[0]).toMatchObject({ run: holes, episode: "tiny-s1", step: 0n, action: "walk", valid: true });
    },
    minute,
  );

  test(
    "export refuses what it cannot write, and says what to do",
    async () => {
      const noName = await box.run("export", whole, "--format", "inspect", "--out", "log.zip");
      expect(noName.exitCode).toBe(2);
      expect(noName.stderr).toContain("--out log.zip.eval");
      const noFormat = await box.run("export", whole, "--format", "xml", "--out", "x");
      expect(noFormat.exitCode).toBe(2);
      expect(noFormat.stderr).toContain("csv, parquet, inspect");
      await box.write("file", "");
      const blocked = await box.run("export", whole, "--format", "csv", "--out", "file");
      expect(blocked.exitCode).toBe(2);
      expect(blocked.stderr).toContain("cannot be written");
    },
    minute,
  );
});
