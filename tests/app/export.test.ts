/** Exports: what stands in the files, read back by another reader. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { csvLine, writeCsv } from "../../src/app/export/csv.ts";
import { EpisodeClock } from "../../src/app/export/inspect/clock.ts";
import { EventMaker, MessagePool } from "../../src/app/export/inspect/events.ts";
import { chatMessages } from "../../src/app/export/inspect/messages.ts";
import { modelUsage } from "../../src/app/export/inspect/output.ts";
import { usageByModel } from "../../src/app/export/inspect/speaker-models.ts";
import { writeParquet } from "../../src/app/export/parquet.ts";
import { type Column, tableOf } from "../../src/app/export/table.ts";
import { fillOutput, writeOutput } from "../../src/app/output-file.ts";
import { ConfigError, StoreError } from "../../src/core/errors.ts";
import type { CallEntry, JournalEntry } from "../../src/core/journal.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { playedEntries } from "../store/support.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-export-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Row {
  name: string;
  count: number | undefined;
  share: number | undefined;
  yes: boolean | undefined;
}
const columns: Column<Row>[] = [
  { name: "name", type: "text", value: ({ name }) => name },
  { name: "count", type: "integer", value: ({ count }) => count },
  { name: "share", type: "number", value: ({ share }) => share },
  { name: "yes", type: "truth", value: ({ yes }) => yes },
];
async function* each<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
const rows: Row[] = [
  { name: 'a "quoted", word\nand a line é', count: 2 ** 40, share: 0.125, yes: true },
  { name: "", count: undefined, share: undefined, yes: undefined },
  { name: " blank ", count: -1, share: 1 / 3, yes: false },
];

describe("CSV", () => {
  test("quotes what a reader could take for something else, and leaves unknown cells empty", async () => {
    const path = join(folder, "t.csv");
    await writeCsv(tableOf(columns, each(rows)), path);
    expect(await Bun.file(path).text()).toBe(
      [
        "name,count,share,yes",
        '"a ""quoted"", word\nand a line é",1099511627776,0.125,true',
        '"",,,',
        '" blank ",-1,0.3333333333333333,false',
        "",
      ].join("\r\n"),
    );
    expect(csvLine(["plain", 1, undefined])).toBe("plain,1,\r\n");
  });
});

describe("Parquet", () => {
  test("keeps texts, whole numbers, fractions, truths and unknown cells", async () => {
    const path = join(folder, "t.parquet");
    await writeParquet(tableOf(columns, each(rows)), path);
    const read = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    expect(read).toEqual([
      { name: rows[0]!.name, count: 2n ** 40n, share: 0.125, yes: true },
      { name: "", count: null, share: null, yes: null },
      { name: " blank ", count: -1n, share: 1 / 3, yes: false },
    ]);
  });

  test("of no rows and of more rows than a group holds are whole", async () => {
    const path = join(folder, "t.parquet");
    await writeParquet(tableOf(columns, each([])), path);
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(path) })).toEqual([]);
    function* many(): Generator<Row> {
      for (let count = 0; count < 50_001; count++)
        yield { name: `row ${count % 7}`, count, share: undefined, yes: true };
    }
    await writeParquet(tableOf(columns, each(many())), path);
    const read = await parquetReadObjects({ file: await asyncBufferFromFile(path), columns: ["count", "name"] });
    expect(read.length).toBe(50_001);
    expect(read.at(-1)).toEqual({ count: 50_000n, name: "row 6" });
  });
});

describe("a file that was asked for", () => {
  test("is there whole or not at all", async () => {
    const path = join(folder, "new", "a.txt");
    await writeOutput(path, "one");
    const failing = fillOutput(path, async (beside) => {
      await Bun.write(beside, "half");
      throw new StoreError("damaged", { code: "damaged-blob" });
    });
    await expect(failing).rejects.toBeInstanceOf(StoreError);
    expect(await Bun.file(path).text()).toBe("one");
    expect(await readdir(join(folder, "new"))).toEqual(["a.txt"]);
  });

  test("that cannot be written is the user's to change", async () => {
    await Bun.write(join(folder, "file"), "");
    const refused = writeOutput(join(folder, "file", "a.txt"), "one");
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(writeOutput(folder, "one")).rejects.toBeInstanceOf(ConfigError);
  });
});

describe("a log of inspect_ai", () => {
  const entries = [...playedEntries(3)];
  const calls = entries.filter((entry): entry is CallEntry => entry.kind === "call");
  const models = { base: "scripted:test", specialist: "scripted:keeper" };
  const make = (list: readonly JournalEntry[] = entries, times: ConstructorParameters<typeof EpisodeClock>[1] = []) => {
    const maker = new EventMaker({
      models,
      sampling: { temperature: 0, maxTokens: 64 },
      clock: new EpisodeClock(Date.UTC(2026, 0, 1), times),
    });
    return [...list.flatMap((entry) => maker.eventsOf(entry)), ...maker.finish()];
  };
  const of = (kind: string, events = make()) => events.filter(({ event }) => event === kind);

  test("has an event for each model call, whose messages are what was sent", () => {
    const pool = calls.flatMap(MessagePool.messagesOf);
    const asked = of("model");
    expect(asked.length).toBe(calls.length);
    const sent = asked.map(({ input_refs }) => {
      const [[begin, end]] = input_refs as [[number, number]];
      return pool.slice(begin, end).map(({ content }) => content);
    });
    const second = calls.findIndex(({ callIndex }) => callIndex === 1);
    expect(sent[second]).toEqual([
      calls[second - 1]!.added[0]!.content,
      calls[second - 1]!.reply,
      calls[second]!.added[0]!.content,
    ]);
    for (const [index, call] of calls.entries()) {
      if (call.fresh) expect(sent[index]).toEqual(call.added.map(({ content }) => content));
      expect(asked[index]?.output).toMatchObject({ completion: call.reply });
    }
  });

  test("names the model of each speaker, and shows a later call what was kept of a specialist's reply", () => {
    const [first, second] = calls.filter(({ phase }) => phase === "plan");
    const handedOver = [
      { ...first!, callIndex: 0, speaker: "specialist" as const, kept: "Nothing more." },
      { ...second!, callIndex: 1, fresh: false },
    ];
    const asked = of("model", make(handedOver));
    expect(asked.map(({ model, role }) => [model, role])).toEqual([
      ["scripted:keeper", "specialist"],
      ["scripted:test", "base"],
    ]);
    expect(asked[0]?.output).toMatchObject({ model: "scripted:keeper", completion: first!.reply });
    expect(handedOver.flatMap(MessagePool.messagesOf).map(({ content }) => content)).toContain("Nothing more.");
  });

  test("counts tokens by model where two played", () => {
    const [base, specialist] = [
      { calls: 1, promptTokens: 7, generatedTokens: 1 },
      { calls: 1, promptTokens: 3, generatedTokens: 2 },
    ];
    const whole = { promptTokens: 10, generatedTokens: 3 };
    expect(usageByModel(models, whole, { base, specialist })).toMatchObject({
      "scripted:test": { total_tokens: 8 },
      "scripted:keeper": { total_tokens: 5 },
    });
    expect(usageByModel(models, whole, undefined)).toMatchObject({ "scripted:test": { total_tokens: 13 } });
    expect(usageByModel(models, {}, undefined)).toBeUndefined();
  });

  test("has the operations as tool calls with named arguments, refused ones as errors", () => {
    const [append] = of("tool").filter(({ function: name }) => name === "APPEND");
    expect(append).toMatchObject({ arguments: { file: "notes.md" }, result: "Added.", metadata: { status: "ok" } });
    const operation = entries.find((entry) => entry.kind === "operation") as JournalEntry & { kind: "operation" };
    const odd = of(
      "tool",
      make([
        { ...operation, status: "refused", result: "Too long." },
        { ...operation, name: "", status: "malformed", arguments: [], failure: "no-operation" },
        { ...operation, name: "UPSERT", arguments: ["a", "b"] },
      ]),
    );
    expect(odd[0]?.error).toEqual({ type: "permission", message: "Too long." });
    expect(odd[1]).toMatchObject({
      function: "(none)",
      error: { type: "parsing" },
      metadata: { failure: "no-operation" },
    });
    expect(odd[2]?.arguments).toEqual({ argument_1: "a", argument_2: "b" });
  });

  test("opens and closes a span for each step and phase, one in the other", () => {
    const open: unknown[] = [];
    const begun: unknown[] = [];
    for (const { event, id, parent_id, span_id } of make()) {
      if (event === "span_begin") {
        expect(parent_id).toBe(open.at(-1) as string);
        open.push(id);
        begun.push(id);
      } else if (event === "span_end") expect(open.pop()).toBe(id);
      else expect(span_id).toBe(open.at(-1) as string);
    }
    expect(open).toEqual([]);
    expect(begun.filter((id) => String(id).endsWith("-plan"))).toEqual(["step-0-plan", "step-1-plan", "step-2-plan"]);
    expect(begun.filter((id) => String(id).endsWith("-log"))).toEqual(["step-1-log", "step-2-log"]);
  });

  test("counts time from the run's beginning, call by call", () => {
    const times = [0, 1, 2].map((stepIndex) => ({
      stepIndex,
      totalMs: 1000,
      gameMs: 1,
      calls: [{ totalMs: 100 }, { totalMs: 200 }],
    }));
    const asked = of("model", make(entries, times));
    expect(asked.map(({ timestamp }) => timestamp).slice(0, 3)).toEqual([
      "2026-01-01T00:00:00.000Z",
      "2026-01-01T00:00:00.100Z",
      "2026-01-01T00:00:01.000Z",
    ]);
    expect(asked[1]).toMatchObject({ working_start: 0.1, working_time: 0.2 });
    expect(of("model")[0]?.working_time).toBeUndefined();
  });

  test("has one list of messages: prompts, replies with tool calls, results, whose ids are those of the events", async () => {
    const messages: JsonObject[] = [];
    for await (const message of chatMessages(each(entries), models)) messages.push(message);
    const asked = messages.flatMap(({ tool_calls }) => (tool_calls ?? []) as JsonObject[]).map(({ id }) => id);
    expect(messages.filter(({ role }) => role === "tool").map(({ tool_call_id }) => tool_call_id)).toEqual(asked);
    expect(of("tool").map(({ id }) => id)).toEqual(asked);
    expect(messages.filter(({ role }) => role === "assistant").map(({ content }) => content)).toEqual(
      calls.map(({ reply }) => reply),
    );
    // What a later call adds are the results, which stand in the tool messages.
    expect(messages.filter(({ role }) => role === "user").length).toBe(calls.filter(({ fresh }) => fresh).length);
  });

  test("counts tokens as inspect_ai does, cached ones apart", () => {
    expect(modelUsage({ promptTokens: 10, cachedTokens: 4, generatedTokens: 3 })).toEqual({
      input_tokens: 6,
      output_tokens: 3,
      total_tokens: 13,
      input_tokens_cache_read: 4,
    });
    expect(modelUsage({})).toBeUndefined();
  });
});
