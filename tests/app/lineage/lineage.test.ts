/** `why` and `reproduce` over a whole campaign of `train`, as a user types them; and over stores that were tampered with. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApp } from "../../../src/app/app.ts";
import { adapterOrigin } from "../../../src/app/lineage/adapter-origin.ts";
import { turnOrigin } from "../../../src/app/lineage/turn-origin.ts";
import { type Reproduction, reproduce } from "../../../src/app/reproduce/reproduce.ts";
import { peftConfigFile, peftWeightsFile } from "../../../src/core/adapter.ts";
import type { ChatExample } from "../../../src/core/training.ts";
import { findAdapter, putAdapter } from "../../../src/store/adapters.ts";
import { listFiles } from "../../../src/store/list-files.ts";
import { Store } from "../../../src/store/store.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { automem, type TrainedHome, trainedHome } from "./trained-home.ts";

let made: TrainedHome;
const minutes = 60_000;

beforeAll(async () => {
  made = await trainedHome();
}, 5 * minutes);
afterAll(removeFolders);

/** The same home, for a test to spoil. */
function copy(): string {
  const home = freshFolder();
  cpSync(made.home, home, { recursive: true });
  return home;
}

const appOf = (home = made.home) => openApp({ ...process.env, AUTOMEM_HOME: home });

function again(named: string, home = made.home, options: { modelCalls?: boolean; signal?: AbortSignal } = {}) {
  const { modelCalls = false, signal = new AbortController().signal } = options;
  return reproduce(appOf(home), named, { modelCalls, signal });
}

const parts = (report: Reproduction): Reproduction[] => [report, ...report.parts.flatMap(parts)];

function fields(report: Reproduction, standing: string): string[] {
  return parts(report).flatMap(({ checks }) =>
    checks.filter((check) => check.standing === standing).map(({ field }) => field),
  );
}

describe("why", () => {
  test(
    "goes from an adapter to recipe, training, trial, dataset, turns, episodes and scaffold, and checks every item",
    async () => {
      const { exitCode, stdout } = await automem(made.home, "why", made.adapter.slice(0, 8));
      expect(exitCode).toBe(0);
      for (const heading of ["Recipe", "Training", "Made in", "Dataset", "Turns", "Episodes", "Scaffold"]) {
        expect(stdout).toContain(`\n${heading}\n`);
      }
      expect(stdout).toMatch(/rank +8 +default 16/);
      expect(stdout).toMatch(
        /trial t1 of campaign unsteady-train-\S+ \(round 1, configuration 1, 100\.0 % on the select seeds\)/,
      );
      expect(stdout).toMatch(/\n(\d+) of \1 items equal the recorded turns word for word\.\n/);
      expect(stdout).toContain("No problem was found.");
    },
    minutes,
  );

  test(
    "as JSON has all of it by hash",
    async () => {
      const origin = await adapterOrigin(appOf(), made.adapter);
      const { adapter, recipe, trials, trainings, dataset, episodes, scaffolds, problems } = origin;
      expect(problems).toEqual([]);
      expect([recipe?.hash, dataset?.hash]).toEqual([adapter.parents?.recipe, adapter.parents?.dataset]);
      expect(recipe?.fields.filter((field) => "default" in field).map(({ field }) => field)).toEqual([
        "rank",
        "epochs",
      ]);
      expect(trials).toMatchObject([{ key: "t1", configuration: 1, best: true, outcome: "accepted" }]);
      expect(trainings).toMatchObject([{ firstLoss: 1, record: { adapter: origin.record } }]);
      expect(dataset!.check).toMatchObject({
        items: dataset!.items.length,
        equal: dataset!.items.length,
        strayLines: [],
      });
      expect(dataset!.items.length).toBeGreaterThan(10);
      expect(episodes.map(({ seed }) => seed)).toEqual([1000, 1001, 1002]);
      expect(episodes.reduce((sum, { items }) => sum + items, 0)).toBe(dataset!.items.length);
      expect(scaffolds).toMatchObject([{ name: "base", revisions: [] }]);
    },
    minutes,
  );

  test(
    "shows a turn as it was sent, written and learnt, and where to see it",
    async () => {
      const { dataset } = await adapterOrigin(appOf(), made.adapter);
      const number = dataset!.items.findIndex(({ cleaned }) => cleaned.includes("fences"));
      const turn = await turnOrigin(appOf(), made.adapter, number);
      expect(turn).toMatchObject({ problem: undefined, learnt: "<|APPEND|>notes.txt|walk on\n<|END|>\n<|DONE|>" });
      expect(turn.written).toBe("```\n<|APPEND|>notes.txt|walk on\n<|END|>\n```\n<|DONE|>");
      expect(turn.removals.map(({ rule }) => rule)).toContain("fences");
      expect(turn.summary!.consequences.lines[0]!.credit).toBeDefined();
      const text = (await automem(made.home, "why", made.adapter, "--turn", String(number))).stdout;
      const command = /automem (show \S+ --step \d+)/.exec(text)![1]!;
      const shown = await automem(made.home, ...command.split(" "), "--json");
      expect(JSON.parse(shown.stdout)[turn.item.phase].calls[turn.item.callIndex].call.reply).toBe(turn.written);
      const beyond = await automem(made.home, "why", made.adapter, "--turn", "100000");
      expect([beyond.exitCode, beyond.stderr.includes("counted from 0")]).toEqual([2, true]);
    },
    minutes,
  );

  test(
    "of an imported adapter says that nothing is known",
    async () => {
      const home = copy();
      const store = await Store.open(join(home, "store"));
      const { adapter } = await findAdapter(store, made.adapter);
      const weights = await store.blobs.get(adapter.peft![peftWeightsFile]);
      const { rank, alpha, targetModules, dtype, base } = adapter;
      const files = { [peftConfigFile]: new TextEncoder().encode("{}"), [peftWeightsFile]: weights };
      const imported = await putAdapter(store, { base, rank, alpha, targetModules, dtype, peft: files });
      store.close();
      const { exitCode, stdout } = await automem(home, "why", imported.adapter.name);
      expect([exitCode, stdout.includes("It was imported: nothing is known of its making.")]).toEqual([0, true]);
      expect((await again(imported.adapter.name, home)).standing).toBe("not-done-again");
    },
    minutes,
  );
});

/** A home whose adapter names a dataset in which one line of training is another. */
async function edited(change: (lines: string[]) => void): Promise<{ home: string; adapter: string; dataset: string }> {
  const home = copy();
  const store = await Store.open(join(home, "store"));
  const { record, adapter } = await findAdapter(store, made.adapter);
  const dataset = await store.records.get(adapter.parents!.dataset!, "automem.dataset/1");
  const lines = (await store.blobs.getText(dataset.train.blob)).trimEnd().split("\n");
  change(lines);
  const blob = await store.blobs.put(lines.map((line) => `${line}\n`).join(""));
  const train = { ...dataset.train, blob, lines: lines.length };
  const forged = await store.records.put<"automem.dataset/1">({ ...dataset, train });
  const parents = { ...adapter.parents, dataset: forged };
  store.refs.move(
    `adapters/${adapter.name}`,
    record,
    await store.records.put<"automem.adapter/1">({ ...adapter, parents }),
  );
  store.close();
  return { home, adapter: adapter.name, dataset: forged };
}

describe("tampering", () => {
  test(
    "an item whose text was edited is named, and where it parts from the trace",
    async () => {
      const { home, adapter, dataset } = await edited((lines) => {
        const line = JSON.parse(lines[2]!) as ChatExample;
        line.completion[0].content += " Trust me.";
        lines[2] = JSON.stringify(line);
      });
      const { exitCode, stdout } = await automem(home, "why", adapter);
      expect(exitCode).toBe(1);
      const [, equal, all] = /(\d+) of (\d+) items equal/.exec(stdout)!.map(Number);
      expect(equal).toBe(all! - 1);
      expect(stdout).toMatch(/item \d+: line 2 of split train, completion\.0\.content \(character \d+\): .*Trust me/);
      const origin = await adapterOrigin(appOf(home), adapter);
      const { item } = origin.dataset!.check.unequal[0]!;
      const turn = await automem(home, "why", adapter, "--turn", String(item));
      expect([turn.exitCode, turn.stdout.includes("PROBLEM: line 2 of split train")]).toEqual([1, true]);
      const report = await again(dataset, home);
      expect(report.standing).toBe("different");
      expect(fields(report, "different")).toEqual(["hash", "training lines"]);
      expect(report.checks.find(({ field }) => field === "training lines")?.remark).toContain("line 2");
    },
    minutes,
  );

  test(
    "a line that belongs to no item is found",
    async () => {
      const { home, adapter } = await edited((lines) => lines.push(lines[0]!));
      const { problems, dataset } = await adapterOrigin(appOf(home), adapter);
      expect(dataset!.check.unequal).toEqual([]);
      expect(problems.some((problem) => /line \d+ of split train belongs to no item/.test(problem))).toBe(true);
    },
    minutes,
  );

  test(
    "a blob that was changed is named: the trace of an episode, and the weights",
    async () => {
      const home = copy();
      const store = await Store.open(join(home, "store"));
      const { adapter } = await findAdapter(store, made.adapter);
      const dataset = await store.records.get(adapter.parents!.dataset!, "automem.dataset/1");
      const episode = await store.records.get(dataset.episodes[0]!, "automem.episode/1");
      store.close();
      const weights = adapter.peft![peftWeightsFile];
      for (const blob of [episode.trace[0]!.blob, weights]) {
        const path = join(home, "store", "blobs", blob.slice(0, 2), `${blob.slice(2)}.zst`);
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(path, bytes);
      }
      const { exitCode, stdout } = await automem(home, "why", made.adapter);
      expect(exitCode).toBe(1);
      expect(stdout).toContain(weights);
      expect(stdout).toContain(episode.trace[0]!.blob);
      const [, equal, all] = /(\d+) of (\d+) items equal/.exec(stdout)!.map(Number);
      expect(equal).toBeLessThan(all!);
      expect(equal).toBeGreaterThan(0);
      expect((await again(dataset.episodes[0]!, home)).standing).toBe("not-done-again");
    },
    minutes,
  );

  test(
    "a trial whose gate was embellished differs, and says in which figure",
    async () => {
      const home = copy();
      const store = await Store.open(join(home, "store"));
      const old = await store.campaigns.open(made.campaign);
      const lines = await store.campaigns.viewLog(made.campaign);
      const { id } = await store.campaigns.create({
        id: "forged-train-1",
        record: old.record,
        createdMs: 0,
        commandLine: [],
      });
      const log = await store.campaigns.openLog(id);
      const anything = (await import("valibot")).unknown();
      for (const name of lines.names()) {
        const value = (await lines.get(name, anything)) as { record?: string };
        if (name === "trial/t1") {
          const trial = await store.records.get(value.record!, "automem.trial/1");
          const gate = { ...(trial.tests[0]!.gate as object), estimate: 0.9 };
          const record = await store.records.put<"automem.trial/1">({
            ...trial,
            tests: [{ ...trial.tests[0]!, gate }],
          });
          await log.once(name, anything, async () => ({ record }));
        } else await log.once(name, anything, async () => value);
      }
      await log.close();
      store.close();
      const report = await again("forged-train-1/t1", home);
      expect(fields(report, "different")).toEqual(["gate against the base, look 1"]);
      expect(report.checks.find(({ standing }) => standing === "different")).toMatchObject({
        remark: "first difference at estimate",
        recorded: "0.9",
      });
      expect((await automem(home, "reproduce", "forged-train-1/t1")).exitCode).toBe(1);
    },
    minutes,
  );
});

describe("reproduce", () => {
  test(
    "does every kind of record again, equal, and writes nothing to the store",
    async () => {
      const before = await contents();
      const { adapter } = await findAdapter(await appOf().store(), made.adapter);
      const dataset = adapter.parents!.dataset!;
      const store = await appOf().store();
      const trial = await again(`${made.campaign}/t1`);
      const record = await store.records.get(trial.record, "automem.trial/1");
      const [configuration] = record.configurations;
      const kinds: string[] = [];
      for (const named of [
        made.adapter.slice(0, 6),
        adapter.parents!.recipe!,
        configuration!.training!,
        dataset.slice(0, 10),
        made.campaign,
        configuration!.select!,
        (await store.campaigns.open(made.campaign)).record.scaffold,
      ]) {
        const report = await again(named);
        expect([report.kind, report.standing, fields(report, "different")]).toEqual([report.kind, "equal", []]);
        kinds.push(report.kind);
      }
      expect(kinds).toEqual(["adapter", "recipe", "training", "dataset", "train-campaign", "evaluation", "scaffold"]);
      expect(await contents()).toEqual(before);
    },
    3 * minutes,
  );

  test(
    "asks models again, two of them and an adapter among them, and tells the first other reply",
    async () => {
      const home = copy();
      const store = await appOf(home).store();
      const trial = await store.records.get((await again(`${made.campaign}/t1`, home)).record, "automem.trial/1");
      const evaluation = await store.records.get(trial.configurations[0]!.select!, "automem.evaluation/1");
      const episode = evaluation.episodes[0]!.record!;
      const same = await again(episode, home, { modelCalls: true });
      expect(same.standing).toBe("equal");
      expect(same.checks.find(({ field }) => field === "model calls")?.remark).toMatch(/^(\d+) of \1 replies equal$/);
      // The model that is named lies in the first home.
      const script = join(made.home, "script.json");
      const text = readFileSync(script, "utf8");
      try {
        writeFileSync(script, text.replaceAll("walk on", "walk off"));
        // The adapter was made for the weights that were there, so it is not asked on others.
        const refused = await again(episode, home, { modelCalls: true });
        expect([refused.standing, fields(refused, "not-done-again")]).toEqual(["not-done-again", ["model calls"]]);
        const { adapter } = await findAdapter(store, made.adapter);
        const { episodes } = await store.records.get(adapter.parents!.dataset!, "automem.dataset/1");
        const other = await again(episodes[0]!, home, { modelCalls: true });
        expect(fields(other, "different")).toEqual(["model calls"]);
        expect(other.checks.find(({ field }) => field === "model calls")?.found).toContain("walk off");
        expect(fields(other, "noted")).toContain("model");
      } finally {
        writeFileSync(script, text);
      }
    },
    minutes,
  );

  test(
    "says what cannot be done again, and why, with an exit code of its own",
    async () => {
      const home = copy();
      const [first] = (await automem(home, "list")).stdout.split("\n").slice(-2);
      const run = first!.split(" ")[0]!;
      await automem(home, "plugin", "remove", "unsteady");
      const { exitCode, stdout } = await automem(home, "reproduce", run);
      expect(exitCode).toBe(3);
      expect(stdout).toContain("automem plugin add unsteady");
      expect(stdout).toMatch(/equal +prompts, operations and actions/);
      const unknown = await automem(home, "reproduce", "0000");
      expect([unknown.exitCode, unknown.stderr.includes("no record")]).toEqual([2, true]);
    },
    minutes,
  );

  test(
    "stops cleanly when asked to, and leaves no folder behind",
    async () => {
      const scratch = join(freshFolder(), "tmp");
      mkdirSync(scratch);
      const before = process.env.TMPDIR;
      process.env.TMPDIR = scratch;
      const stop = new AbortController();
      const onProgress = () => stop.abort(new DOMException("stopped", "AbortError"));
      try {
        const work = reproduce(appOf(), made.adapter, { modelCalls: false, signal: stop.signal, onProgress });
        await expect(work).rejects.toMatchObject({ name: "AbortError" });
        expect(await listFiles(scratch)).toEqual([]);
      } finally {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
      }
    },
    minutes,
  );
});

/** Every byte of records, blobs and refs. */
async function contents(): Promise<string[]> {
  const found: string[] = [];
  for (const part of ["records", "blobs", "refs", "campaigns"]) {
    const folder = join(made.home, "store", part);
    for (const { path } of await listFiles(folder)) {
      const hash = new Bun.CryptoHasher("sha256").update(readFileSync(join(folder, path))).digest("hex");
      found.push(`${part}/${path} ${hash}`);
    }
  }
  return found.sort();
}
