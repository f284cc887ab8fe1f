/** Training data with the compiled binary: real courier episodes of a flawed scripted player, and exactly its right turns in the dataset. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChatExample, DatasetItem, DatasetRecord } from "../../src/core/training.ts";
import { Store } from "../../src/store/store.ts";
import { missing, Sandbox, titled } from "./automem.ts";
import { forgetting, mistaking, noting, searchingScript } from "./searching-script.ts";

const reason = missing("courier");
const minute = 60_000;

const settings = `
[dataset]
balance = 1000
validationShare = 0.2
repeat = { write = 2 }
[dataset.perEpisode]
nothing = 100
end = 100
`;

describe.skipIf(reason !== undefined)(titled("a dataset of real episodes", reason), () => {
  let box: Sandbox;
  let hash = "";
  let record: DatasetRecord;

  beforeAll(async () => {
    box = await Sandbox.make({ prepared: true });
    const script = await box.write("player.json", searchingScript());
    await box.write("data.toml", settings);
    const play = ["run", "courier", "-t", "tiny", "--scaffold", "courier", "--model", `scripted:${script}`, "--json"];
    expect((await box.run(...play, "--seeds", "train", "-n", "8")).exitCode).toBe(0);
    const built = await box.run("dataset", "build", "last", "--settings", "data.toml", "--json");
    expect(built.stderr).toBe("");
    ({ dataset: hash, record } = JSON.parse(built.stdout));
  }, 2 * minute);
  afterAll(() => box.remove());

  const items = async (): Promise<DatasetItem[]> =>
    JSON.parse((await box.run("dataset", "show", hash, "--json")).stdout).items;

  /** What the player was told in each step of each episode, by episode and step. */
  async function scenes(): Promise<Map<string, string>> {
    const store = await Store.open(join(box.home, "store"));
    const seen = new Map<string, string>();
    for (const episode of record.episodes) {
      for await (const entry of (await store.readRecord(episode)).entries()) {
        if (entry.kind !== "observation") continue;
        // There is no LOG in step 0: what is told there is noted in step 1.
        const place = `${episode}:${Math.max(1, entry.stepIndex)}`;
        seen.set(place, [seen.get(place), entry.observation.long].filter(Boolean).join("\n"));
      }
    }
    store.close();
    return seen;
  }

  test("holds every right note and look-up, and none of those that went wrong", async () => {
    const seen = await scenes();
    const found = await items();
    const all = [...found, ...(await setAside())];
    const chosen = (kind: string) =>
      all
        .filter((item) => item.kind === kind)
        .map(({ turn }) => turn.split(":").slice(0, 2).join(":"))
        .sort();
    const steps = (pattern: RegExp, people: readonly string[]) =>
      [...seen.keys()]
        .filter((step) => [...seen.get(step)!.matchAll(pattern)].some(([, who]) => people.includes(who!)))
        .sort();
    const telling = /The (\w+) says: my password is/g;
    const door = /at the (\w+)'s door/g;
    expect(chosen("write")).toEqual(steps(telling, noting));
    expect(chosen("lookup")).toEqual(steps(door, noting));
    expect(chosen("write").length).toBeGreaterThan(5);
    // Of those who went by unnoticed, or were noted wrong, nothing is learnt.
    const lost = new Set([...steps(telling, forgetting), ...steps(telling, mistaking)]);
    expect(lost.size).toBeGreaterThan(3);
    expect(chosen("nothing").filter((step) => lost.has(step))).toEqual([]);
  });

  async function setAside(): Promise<{ turn: string; kind: string; rule: string }[]> {
    return JSON.parse((await box.run("dataset", "show", hash, "--set-aside", "--json")).stdout);
  }

  test("is exported line for line, shortened only by the clean-up", async () => {
    const out = join(box.folder, "plain");
    expect((await box.run("dataset", "export", hash, "--format", "jsonl", "--out", out)).exitCode).toBe(0);
    const lines = (split: string): ChatExample[] =>
      readFileSync(join(out, `${split}.jsonl`), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    const bySplit = { train: lines("train"), validation: lines("validation") };
    expect(bySplit.train).toHaveLength(record.train.lines);
    expect(bySplit.validation).toHaveLength(record.validation.lines);
    for (const { split, firstLine, times, kind, cleaned } of await items()) {
      const { prompt, completion } = bySplit[split][firstLine]!;
      expect(prompt.map(({ role }) => role)).toEqual(
        prompt.map((_, index) => (index % 2 === 0 ? "user" : "assistant")),
      );
      const [{ content }] = completion;
      if (kind === "write") {
        const told = [...prompt[0]!.content.matchAll(/You read: The (\w+) says: my password is (\w+)\./g)].at(-1)!;
        expect(content).toBe(`<|NOTE|>${told[1]}|${told[2]}<|END|>\n<|DONE|>`);
        expect(cleaned).toEqual(["fences", "done"]);
        expect(times).toBe(split === "train" ? 2 : 1);
      }
      if (kind === "lookup") expect(content).toMatch(/^I noted it\. <\|SEARCH\|>passwords\.txt\|\w+<\|END\|>$/);
      if (kind === "end") expect(content).toMatch(/^<\|ACTION\|>\w+<\|END\|>$/);
    }
  });

  test("is exported as a folder with a card that names its files", async () => {
    const out = join(box.folder, "hf");
    expect((await box.run("dataset", "export", hash, "--format", "hf", "--out", out)).exitCode).toBe(0);
    const card = readFileSync(join(out, "README.md"), "utf8");
    const head = Bun.YAML.parse(card.split("---\n")[1]!) as { configs: { data_files: { path: string }[] }[] };
    const paths = head.configs[0]!.data_files.map(({ path }) => path);
    expect(paths).toEqual(["data/train.jsonl", "data/validation.jsonl"]);
    for (const path of [...paths, "provenance/items.jsonl", "provenance/set-aside.jsonl", "provenance/record.json"]) {
      expect(existsSync(join(out, path)), path).toBe(true);
    }
  });

  test(
    "is the same however often it is built, found by the beginning of its hash, and shown",
    async () => {
      const again = await box.run("dataset", "build", "last", "last", "--settings", "data.toml", "--json");
      expect(JSON.parse(again.stdout).dataset).toBe(hash);
      const list = JSON.parse((await box.run("dataset", "list", "--json")).stdout);
      expect(list.map(({ dataset }: { dataset: string }) => dataset)).toEqual([hash]);
      const stats = await box.run("dataset", "stats", hash.slice(0, 8));
      expect(stats.stdout).toContain("write-used");
      const item = await box.run("dataset", "show", hash.slice(0, 8), "--item", "0");
      expect(item.stdout).toContain("assistant (to learn)");
      const beyond = await box.run("dataset", "show", hash, "--item", "100000");
      expect([beyond.exitCode, beyond.stderr.includes("counted from 0")]).toEqual([2, true]);
      const unknown = await box.run("dataset", "stats", "0000");
      expect([unknown.exitCode, unknown.stderr.includes("dataset list")]).toEqual([2, true]);
    },
    minute,
  );

  test(
    "is never made of episodes on other seeds",
    async () => {
      const script = join(box.folder, "player.json");
      await box.run(
        "run",
        "courier",
        "-t",
        "tiny",
        "--model",
        `scripted:${script}`,
        "--seeds",
        "select",
        "-n",
        "1",
        "--json",
      );
      const refused = await box.run("dataset", "build", "last");
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toContain("must not become training data");
    },
    minute,
  );

  test(
    "leaves the store sound, and is not garbage",
    async () => {
      expect((await box.run("store", "gc", "--grace", "0")).exitCode).toBe(0);
      expect((await box.run("store", "fsck")).exitCode).toBe(0);
      expect((await box.run("dataset", "stats", hash)).exitCode).toBe(0);
    },
    minute,
  );
});
