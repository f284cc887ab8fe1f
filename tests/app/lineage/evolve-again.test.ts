/** Campaigns of `evolve` judged again: every verdict in order, with the looks of the gate before it. */
import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import * as v from "valibot";
import { openApp } from "../../../src/app/app.ts";
import { type Reproduction, reproduce } from "../../../src/app/reproduce/reproduce.ts";
import { runCampaign } from "../../../src/evolve/campaign/campaign.ts";
import { Store } from "../../../src/store/store.ts";
import { packageSaying, type RingOptions, ringCampaign } from "../../evolve/campaign/support.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";

afterAll(removeFolders);

const id = "ring-evolve-1";

/** One that looks better, and is; then one that is worse than that; in a home of its own. */
async function campaign(changes: Partial<RingOptions> = {}) {
  const folder = freshFolder();
  const parts = await ringCampaign(folder, {
    proposals: { r1a1c0: [packageSaying("STAY")], r1a2c0: [packageSaying("GO")], r2a1c0: [packageSaying("GO now")] },
    settings: { revisions: 2, attempts: 2, report: "always" },
    ...changes,
  });
  const { end } = await runCampaign(parts);
  const endHash = (await parts.log.get("end", v.object({ record: v.string() })))!.record;
  await parts.log.close();
  parts.store.close();
  return { folder, end, endHash };
}

function again(folder: string, named: string): Promise<Reproduction> {
  const app = openApp({ ...process.env, AUTOMEM_HOME: folder });
  return reproduce(app, named, { modelCalls: false, signal: new AbortController().signal });
}

const differing = ({ checks, parts }: Reproduction): string[] => [
  ...checks.filter(({ standing }) => standing === "different").map(({ field }) => field),
  ...parts.flatMap(differing),
];

test("each verdict comes out equal, in order, and so do the end and its report", async () => {
  const { folder, end, endHash } = await campaign();
  const report = await again(folder, id);
  expect([report.standing, differing(report)]).toEqual(["equal", []]);
  expect(report.parts.map(({ kind, title }) => `${kind} ${title.split(",")[0]}`)).toEqual([
    "verdict r1a1c0",
    "verdict r1a2c0",
    "verdict r2a1c0",
    `campaign-end ${id}`,
  ]);
  expect(report.parts[1]!.title).toBe("r1a2c0, accepted");
  const gates = report.parts.flatMap(({ checks }) => checks.filter(({ field }) => field.startsWith("gate, look")));
  expect(gates.length).toBeGreaterThan(0);
  const last = await again(folder, `${id}/r2a1c0`);
  expect([last.record, last.standing]).toEqual([end.verdicts[2]!, "equal"]);
  const whole = await again(folder, endHash);
  expect([whole.kind, whole.standing, whole.parts.length]).toEqual(["campaign-end", "equal", 3]);
  const store = await Store.open(join(folder, "store"));
  const verdict = await store.records.get(end.verdicts[1]!, "automem.verdict/1");
  store.close();
  const revision = await again(folder, verdict.revision);
  expect([revision.kind, revision.standing]).toEqual(["revision", "equal"]);
  expect(revision.checks.find(({ field }) => field === "difference from its parent")?.recorded).toContain(
    "hooks.ts changed",
  );
}, 60_000);

test("a verdict whose outcome was turned around differs, and one of no folder cannot be judged", async () => {
  const { folder, end } = await campaign({ settings: { revisions: 1, report: "never" } });
  const store = await Store.open(join(folder, "store"));
  const verdict = await store.records.get(end.verdicts[0]!, "automem.verdict/1");
  const forged = await store.records.put<"automem.verdict/1">({ ...verdict, outcome: "accepted", reason: "It is so." });
  const { record } = await store.campaigns.open(id);
  const other = await store.campaigns.create({ id: "forged-evolve-1", record, createdMs: 0, commandLine: [] });
  const log = await store.campaigns.openLog(other.id);
  await log.once("verdict/r1a1c0", v.object({ record: v.string() }), async () => ({ record: forged }));
  await log.close();
  const stray = await store.records.put<"automem.verdict/1">({ ...verdict, reason: "It is not so." });
  store.close();
  expect(differing(await again(folder, forged))).toEqual(["outcome", "reason"]);
  const nowhere = await again(folder, stray);
  expect([nowhere.standing, nowhere.checks[0]!.remark!.includes("folder")]).toEqual(["not-done-again", true]);
}, 60_000);
