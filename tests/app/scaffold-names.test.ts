/** What people call scaffolds that runs know by their hash: those of a campaign's revisions by what was changed. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFile, writeFile } from "node:fs/promises";
import { openApp } from "../../src/app/app.ts";
import { runOverview } from "../../src/app/inspect.ts";
import { findRun, listRuns } from "../../src/app/runs.ts";
import { scaffoldName, scaffoldNames } from "../../src/app/scaffold-names.ts";
import { runPage } from "../../src/app/web/run-page.ts";
import type { Hash } from "../../src/core/hash.ts";
import { runCampaign } from "../../src/evolve/campaign/campaign.ts";
import { packageSaying, ringCampaign } from "../evolve/campaign/support.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

const app = () => openApp({ AUTOMEM_HOME: home });
let home: string;
let campaign: string;
let start: Hash;
/** The scaffold of `r1a1c0`. */
let made: Hash;

beforeAll(async () => {
  home = freshFolder();
  const parts = await ringCampaign(home, { proposals: { r1a1c0: [packageSaying("GO")] } });
  await runCampaign(parts);
  await parts.log.close();
  campaign = parts.campaignId;
  start = parts.start.hash;
  const best = parts.store.refs.get(`scaffold/${campaign}/best`);
  parts.store.close();
  if (best === undefined) throw new Error("nothing was accepted");
  made = best;
});

afterAll(removeFolders);

const everyRun = { search: "", sort: "scaffold", order: "up", offset: 0, limit: 100 } as const;

describe("a scaffold is called", () => {
  test("by its name and version, and by its revision and what was changed where a campaign made it", async () => {
    expect(await scaffoldName(app(), start)).toBe("ring 1.0.0");
    expect(await scaffoldName(app(), made)).toBe("ring 1.0.0, r1a1c0 change r1a1c0");
  });

  test("as it is where it is a name, a path or a ref, and by the beginning of its hash where the store has no record of it", async () => {
    const nowhere = "0".repeat(64) as Hash;
    expect([...(await scaffoldNames(app(), ["base", "./mine", `scaffold/${campaign}/best`, nowhere]))]).toEqual([]);
    expect(await scaffoldName(app(), nowhere)).toBe("000000000000");
  });

  test("so in the list of runs, which it is sorted and searched by, and in a run", async () => {
    const { runs, matching, scaffoldNames: names } = await runPage(app(), { ...everyRun, search: "change r1a1c0" });
    expect(matching).toBeGreaterThan(0);
    expect(new Set(runs.map(({ scaffold }) => scaffold))).toEqual(new Set([made]));
    expect(names).toEqual({ [start]: "ring 1.0.0", [made]: "ring 1.0.0, r1a1c0 change r1a1c0" });
    const all = await runPage(app(), everyRun);
    expect(all.matching).toBe((await listRuns(app())).length);
    const sorted = all.runs.map(({ scaffoldName: name }) => name!);
    expect(sorted).toEqual(sorted.toSorted());
    const { scaffold } = await runOverview(app(), await findRun(app(), runs[0]!.id));
    expect(scaffold).toBe("ring 1.0.0, r1a1c0 change r1a1c0");
  });

  test("by what a campaign came to since: its log is read again when it has grown, and only then", async () => {
    const own = app();
    const { campaigns } = await own.store();
    let read = 0;
    const view = campaigns.viewLog.bind(campaigns);
    campaigns.viewLog = (id) => {
      read += 1;
      return view(id);
    };
    for (let time = 0; time < 3; time++) await scaffoldName(own, made);
    expect(read).toBe(1);
    // A torn last line is work still owed; what stands before it counts.
    await appendFile(campaigns.logPath(campaign), "{");
    expect(await scaffoldName(own, made)).toBe("ring 1.0.0, r1a1c0 change r1a1c0");
    expect(read).toBe(2);
  });

  test("by name and version alone where its campaign cannot be read", async () => {
    const own = app();
    await writeFile((await own.store()).campaigns.logPath(campaign), "no log\nat all\n");
    expect(await scaffoldName(own, made)).toBe("ring 1.0.0");
  });
});
