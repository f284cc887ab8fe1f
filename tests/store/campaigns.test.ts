/** Campaigns: the durable log, its pointers, and what gc and fsck make of them. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import * as v from "valibot";
import type { CampaignRecord } from "../../src/core/campaign.ts";
import { hashBytes } from "../../src/core/hash.ts";
import { CampaignLog, readCampaignLog } from "../../src/store/campaign-log.ts";
import { checkStore } from "../../src/store/check/check-store.ts";
import { collectGarbage } from "../../src/store/garbage/collect.ts";
import { Store } from "../../src/store/store.ts";

const root = mkdtempSync(join(tmpdir(), "automem-campaigns-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const freshFolder = () => join(root, String(made++));

async function campaignIn(store: Store) {
  const files = { "scaffold.json": await store.blobs.put("{}") };
  const scaffold = await store.records.put<"automem.scaffold-record/1">({
    schema: "automem.scaffold-record/1",
    manifest: {
      schema: "automem.scaffold/1",
      name: "x",
      version: "1.0.0",
      description: "",
      licence: "MIT",
      entry: "h.ts",
    },
    files,
  });
  const record: CampaignRecord = {
    schema: "automem.campaign/1",
    loop: "evolve",
    settings: {},
    game: { name: "ring", version: "1", pluginHash: hashBytes("p"), packages: {}, clockFrozen: null },
    model: { name: "scripted:x", provider: "scripted" },
    reviewer: { name: "scripted", details: {} },
    scaffold,
    tasks: ["default"],
    seeds: { select: [1], confirm: [2], report: [3] },
    automemVersion: "0",
  };
  return store.campaigns.create({ id: "ring-evolve-1", record, createdMs: 0, commandLine: [] });
}

describe("the log", () => {
  test("keeps each result before it is used, and does not make it twice", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const log = await store.campaigns.openLog(id);
    let calls = 0;
    const work = async () => ({ n: ++calls });
    const schema = v.object({ n: v.number() });
    expect(await log.once("a", schema, work)).toEqual({ n: 1 });
    expect(await log.once("a", schema, work)).toEqual({ n: 1 });
    await log.close();
    const again = await store.campaigns.openLog(id);
    expect(await again.once("a", schema, work)).toEqual({ n: 1 });
    expect(again.has("b")).toBe(false);
    expect(calls).toBe(1);
    await again.close();
  });

  test("does not keep a failure: the work is owed", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const log = await store.campaigns.openLog(id);
    const failing = log.once("a", v.number(), () => Promise.reject(new Error("server gone")));
    await expect(failing).rejects.toThrow("server gone");
    expect(await log.once("a", v.number(), async () => 7)).toBe(7);
    await log.close();
  });

  test("keeps large values as blobs, and results made side by side in one order", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const log = await store.campaigns.openLog(id);
    const large = "x".repeat(100_000);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => log.once(`n${index}`, v.string(), async () => `${index}${large}`)),
    );
    await log.close();
    const again = await store.campaigns.openLog(id);
    expect(again.names().sort()).toEqual(Array.from({ length: 20 }, (_, index) => `n${index}`).sort());
    expect(await again.get("n7", v.string())).toBe(`7${large}`);
    expect(readFileSync(store.campaigns.logPath(id)).length).toBeLessThan(10_000);
    await again.close();
  });

  test("cut anywhere, it opens with the whole lines before the cut, and goes on", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const log = await store.campaigns.openLog(id);
    for (let index = 0; index < 5; index++) await log.once(`n${index}`, v.number(), async () => index);
    await log.close();
    const path = store.campaigns.logPath(id);
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        writeFileSync(path, whole.subarray(0, length));
        const lines = whole.subarray(0, length).toString().split("\n").length - 1;
        const cut = await CampaignLog.open(path, store.blobs);
        expect(cut.names()).toEqual(Array.from({ length: lines }, (_, index) => `n${index}`));
        for (let index = 0; index < 5; index++) await cut.once(`n${index}`, v.number(), async () => index);
        await cut.close();
        expect(readFileSync(path).equals(whole)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("damage to a line with another behind it is an error", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const log = await store.campaigns.openLog(id);
    for (let index = 0; index < 3; index++) await log.once(`n${index}`, v.number(), async () => index);
    await log.close();
    const path = store.campaigns.logPath(id);
    const bytes = readFileSync(path);
    bytes[15] = bytes[15]! ^ 1;
    writeFileSync(path, bytes);
    await expect(readCampaignLog(path)).rejects.toMatchObject({ code: "corrupt-campaign-log" });
  });

  test("a result of another form is refused", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const log = await store.campaigns.openLog(id);
    await log.once("a", v.number(), async () => 1);
    await expect(log.once("a", v.string(), async () => "b")).rejects.toMatchObject({ code: "corrupt-campaign-log" });
    await log.close();
  });
});

describe("the store", () => {
  test("gc keeps what a campaign's log names, directly or inside a large value", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const named = await store.blobs.put("named");
    const inside = await store.blobs.put("inside");
    const loose = await store.blobs.put("loose");
    const log = await store.campaigns.openLog(id);
    await log.once("a", v.object({ blob: v.string() }), async () => ({ blob: named }));
    await log.once("b", v.object({ blob: v.string(), pad: v.string() }), async () => ({
      blob: inside,
      pad: "y".repeat(9000),
    }));
    await log.close();
    const report = await collectGarbage(store, { nowMs: Date.now() + 10_000, graceMs: 0, dryRun: false });
    expect(report.removed.map(({ path }) => path)).toEqual([`blobs/${loose.slice(0, 2)}/${loose.slice(2)}.zst`]);
    expect(await checkStore(Store.forCheck(store.folder))).toMatchObject({ damage: [], counts: { campaigns: 1 } });
  });

  test("fsck names the campaign that a damage touches", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const log = await store.campaigns.openLog(id);
    await log.once("big", v.string(), async () => "z".repeat(9000));
    await log.once("small", v.number(), async () => 1);
    await log.close();
    const [line] = (await store.campaigns.readLog(id)).lines;
    rmSync(store.blobs.path((line as { blob: string }).blob));
    const bytes = readFileSync(store.campaigns.logPath(id));
    expect((await checkStore(Store.forCheck(store.folder))).damage).toMatchObject([
      { problem: "it is missing", campaigns: [id] },
    ]);
    bytes[20] = bytes[20]! ^ 1;
    writeFileSync(store.campaigns.logPath(id), bytes);
    expect((await checkStore(Store.forCheck(store.folder))).damage).toMatchObject([
      { path: `campaigns/${id}/log.jsonl`, campaigns: [id] },
    ]);
  });

  test("two processes cannot work on one campaign", async () => {
    const store = await Store.open(freshFolder());
    const { id } = await campaignIn(store);
    const lock = await store.campaigns.lock(id, 0);
    expect(store.campaigns.lock(id, 0)).rejects.toMatchObject({ code: "run-held" });
    lock.release();
    (await store.campaigns.lock(id, 0)).release();
  });
});
