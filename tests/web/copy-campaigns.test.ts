/** Static copies of campaigns: the runs of their gates, what is left out and how to have it, any two scaffolds, adapters down to the episodes. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import * as v from "valibot";
import { openApp } from "../../src/app/app.ts";
import type { CopyAbout } from "../../src/app/copy/about.ts";
import { leftOutLines } from "../../src/app/copy/about.ts";
import type { CampaignPage } from "../../src/app/web/campaign-page.ts";
import type { RunPage } from "../../src/app/web/run-filter.ts";
import { type CampaignRuns, campaignRuns } from "../../src/web/copy/campaign-runs.ts";
import { type CopyDone, writeCopy } from "../../src/web/copy/write-copy.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { type CampaignServer, campaignServer } from "./campaign-home.ts";
import { answersOf } from "./copy-support.ts";

let server: CampaignServer;
/** By purpose, as the log of the campaign of evolve has them. */
let played: Map<string, string[]>;

beforeAll(async () => {
  server = await campaignServer();
  const log = await (await openApp({ AUTOMEM_HOME: server.home }).store()).campaigns.viewLog(server.evolve);
  played = new Map();
  for (const name of log.names().filter((one) => one.endsWith("/run"))) {
    const purpose = name.split("/")[1]!;
    const { runId } = (await log.get(name, v.object({ runId: v.string() })))!;
    played.set(purpose, [...(played.get(purpose) ?? []), runId]);
  }
}, 300_000);

afterAll(async () => {
  await server.stop();
  removeFolders();
});

const get = async (path: string) => {
  const answer = await fetch(`${server.origin}/api${path}`);
  return { status: answer.status, body: (await answer.json()) as unknown };
};

async function copied(references: string[], which?: CampaignRuns): Promise<{ folder: string; done: CopyDone }> {
  const folder = join(freshFolder(), "copy");
  const done = await writeCopy(openApp({ ...process.env, AUTOMEM_HOME: server.home }), {
    folder,
    references,
    campaignRuns: which,
    signal: new AbortController().signal,
    onBegin: () => undefined,
    onProgress: () => undefined,
  });
  return { folder, done };
}

const runsIn = async (folder: string) =>
  ((await answersOf(folder)("/runs?limit=500")).body as RunPage).runs.map(({ id }) => id).sort();
const aboutIn = async (folder: string) => (await Bun.file(join(folder, "copy.json")).json()) as CopyAbout;

describe("a copy of a campaign", () => {
  test("brings the runs of its gate; those left out are counted, with the command that brings them", async () => {
    const { folder, done } = await copied([server.evolve]);
    const gate = played.get("confirm")!.toSorted();
    expect(gate.length).toBeGreaterThan(0);
    expect(await runsIn(folder)).toEqual(gate);
    expect(done.of).toBe(`${gate.length} runs, 1 campaign`);
    const { leftOut } = await aboutIn(folder);
    const counts = Object.fromEntries(leftOut.map(({ why, runs }) => [why, runs.toSorted()]));
    expect(counts).toEqual({
      "on the select seeds": played.get("select")!.toSorted(),
      "on the report seeds": played.get("report")!.toSorted(),
    });
    expect(leftOutLines(leftOut)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Not in it, of ${server.evolve}: runs .*automem ui --export FOLDER ${server.evolve} --campaign-runs all$`,
        ),
      ),
    ]);
    const ask = answersOf(folder);
    // An episode of the gate, step by step.
    const { episodes } = (await ask(`/runs/${gate[0]}`)).body as { episodes: { key: string }[] };
    const step = `/runs/${gate[0]}/episodes/${episodes[0]!.key}/steps/0`;
    expect(await ask(step)).toEqual(await get(step));
    const missing = await ask(`/runs/${played.get("select")![0]}`);
    expect(missing).toMatchObject({
      status: 404,
      body: {
        error: { code: "not-in-copy", message: expect.stringContaining(`--export FOLDER ${played.get("select")![0]}`) },
      },
    });
  });

  test("brings all that it played, or nothing of it, where that is asked for", async () => {
    const all = await copied([server.evolve], "all");
    expect(await runsIn(all.folder)).toEqual([...played.values()].flat().sort());
    expect((await aboutIn(all.folder)).leftOut).toEqual([]);
    const none = await copied([server.evolve, played.get("select")![0]!], "none");
    expect(await runsIn(none.folder)).toEqual([played.get("select")![0]!]);
    const left = (await aboutIn(none.folder)).leftOut.flatMap(({ runs }) => runs);
    expect(left.length).toBe([...played.values()].flat().length - 1);
  });

  test("takes the newest runs of its gate first, up to so many steps", async () => {
    const app = openApp({ AUTOMEM_HOME: server.home });
    const { runs: lines } = (await get("/runs?limit=500")).body as RunPage;
    const gate = played.get("confirm")!;
    const size = lines.find(({ id }) => id === gate.at(-1))!.steps;
    const { runs, leftOut } = await campaignRuns(app, [server.evolve], {
      which: "gate",
      lines,
      named: new Set(),
      mostSteps: size,
    });
    expect([...runs]).toEqual([gate.at(-1)!]);
    const beyond = leftOut.find(({ why }) => why === `on the confirm seeds, beyond ${size} steps`);
    expect(beyond?.runs.toSorted()).toEqual(gate.slice(0, -1).toSorted());
  });

  test("tells what changed between any two of its scaffolds as the server does", async () => {
    const { folder } = await copied([server.evolve], "none");
    const ask = answersOf(folder);
    const { evolve } = (await get(`/campaigns/${server.evolve}`)).body as Extract<CampaignPage, { loop: "evolve" }>;
    const keys = ["start", ...evolve.nodes.flatMap(({ key, scaffold }) => (scaffold === undefined ? [] : [key]))];
    expect(keys.length).toBe(4);
    for (const from of keys) {
      for (const to of keys) {
        const path = `/campaigns/${server.evolve}/scaffolds?from=${from}&to=${to}`;
        expect(await ask(path)).toEqual(await get(path));
      }
    }
    for (const from of ["nothing", "../start", "__proto__"]) {
      const answer = await ask(`/campaigns/${server.evolve}/scaffolds?from=${from}&to=start`);
      expect(answer).toMatchObject({ status: 404, body: { error: { code: "not-in-copy" } } });
    }
  });

  test("has its adapters, checked down to the episodes, and its datasets", async () => {
    const { folder } = await copied([server.train]);
    const ask = answersOf(folder);
    for (const path of [
      "/adapters",
      "/datasets",
      `/adapters/${server.adapter}`,
      `/adapters/${server.adapter}/lineage`,
    ]) {
      const answer = await ask(path);
      expect(answer.status).toBe(200);
      // A model of a file is told by its name alone.
      if (path.endsWith("/lineage")) expect(answer).toEqual(await get(path));
    }
    const lineage = (await ask(`/adapters/${server.adapter}/lineage`)).body as { problems: string[]; items: object };
    expect(lineage).toMatchObject({ problems: [], items: { equal: expect.any(Number) } });
  });
});
