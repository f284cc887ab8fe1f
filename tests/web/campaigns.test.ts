/** The API over campaigns of both loops: course, costs, memory before and after, scaffolds side by side, transcripts. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TranscriptPart } from "../../src/app/campaign-transcript.ts";
import { differing } from "../../src/app/compare/differing-settings.ts";
import type { ScaffoldDifference } from "../../src/app/scaffold-diff.ts";
import type { ConfigurationFields } from "../../src/app/train/configuration-fields.ts";
import type { AdapterLineage, AdapterPage } from "../../src/app/web/adapter-page.ts";
import type { CampaignPage } from "../../src/app/web/campaign-page.ts";
import type { DatasetPage } from "../../src/app/web/dataset-page.ts";
import type { DatasetTurns } from "../../src/app/web/dataset-turns.ts";
import { removeFolders } from "../store/support.ts";
import { type CampaignServer, campaignServer } from "./campaign-home.ts";

let server: CampaignServer;

beforeAll(async () => {
  server = await campaignServer();
}, 300_000);

afterAll(async () => {
  await server.stop();
  removeFolders();
});

async function get<Body>(path: string): Promise<Body> {
  const answer = await fetch(`${server.origin}/api/${path}`);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Body;
}

const total = ({ costs }: CampaignPage["course"]) =>
  costs.reduce((sum, { spent }) => ({ episodes: sum.episodes + spent.episodes, tokens: sum.tokens + spent.tokens }), {
    episodes: 0,
    tokens: 0,
  });

describe("a campaign of evolve", () => {
  test("has a course: what was tried and accepted with intervals, over what was spent by then", async () => {
    const page = await get<Extract<CampaignPage, { loop: "evolve" }>>(`campaigns/${server.evolve}`);
    const { course, evolve } = page;
    expect(course.tried.map(({ key, outcome }) => [key, outcome])).toEqual([
      ["r1a1c0", "rejected-on-select"],
      ["r1a2c0", "accepted"],
      ["r2a1c0", "rejected-on-select"],
    ]);
    expect(course.accepted.map(({ key }) => key)).toEqual(["start", "r1a2c0"]);
    const spent = [course.accepted[0]!, ...course.tried].map((point) => point.spent.episodes);
    expect(spent).toEqual(spent.toSorted((one, other) => one - other));
    expect(course.accepted[0]!.score.mean).toBe(evolve.start.selectMean);
    expect(course.accepted[0]!.score.low).toBeLessThan(course.accepted[0]!.score.mean!);
  });

  test("says what each revision cost, and all that was spent is some part's", async () => {
    const page = await get<Extract<CampaignPage, { loop: "evolve" }>>(`campaigns/${server.evolve}`);
    expect(page.course.costs.map(({ part }) => part)).toEqual([
      "start",
      "r1a1c0",
      "r1a2c0",
      "r2a1c0",
      "r2a2c0",
      "report",
    ]);
    const { episodes, tokens } = page.evolve.spent;
    expect(total(page.course)).toEqual({ episodes, tokens });
    expect(page.course.total).toEqual(page.evolve.spent);
  });

  test("tells of each revision what it did on the confirm seeds, and of the best how it used memory", async () => {
    const page = await get<Extract<CampaignPage, { loop: "evolve" }>>(`campaigns/${server.evolve}`);
    const accepted = page.evolve.nodes.find(({ outcome }) => outcome === "accepted")!;
    expect(accepted.confirm!.pairs).toBeGreaterThan(0);
    expect(accepted.confirm!.interval![0]).toBeLessThan(accepted.confirm!.estimate!);
    expect(page.evolve.nodes[0]!.confirm).toBeUndefined();
    expect(page.memory!.title).toContain("on the report seeds");
    const steps = page.memory!.lines.find(({ name }) => name === "steps")!;
    expect(steps.values).toHaveLength(2);
    expect(page.memory!.lines.some(({ name }) => name.startsWith("seconds"))).toBe(false);
  });

  test("puts any two of its scaffolds side by side", async () => {
    const between = (from: string, to: string) =>
      get<ScaffoldDifference>(`campaigns/${server.evolve}/scaffolds?from=${from}&to=${to}`);
    const [file] = (await between("r1a1c0", "r2a1c0")).files;
    expect(file!.patch).toContain("STAY");
    expect(file!.patch).toContain("GO now");
    expect((await between("start", "start")).files).toEqual([]);
    const refused = await fetch(`${server.origin}/api/campaigns/${server.evolve}/scaffolds?from=start&to=r9a9c9`);
    expect(refused.status).toBe(404);
    expect(await refused.text()).toContain("start, r1a1c0, r1a2c0, r2a1c0");
    expect((await fetch(`${server.origin}/api/campaigns/${server.train}/scaffolds?from=a&to=b`)).status).toBe(404);
  });

  test("has the transcript of each review", async () => {
    const { parts } = await get<{ parts: TranscriptPart[] }>(`campaigns/${server.evolve}/transcripts/r1a2c0`);
    expect(parts.map(({ title }) => title)).toEqual(["review"]);
    expect(parts[0]!.lines.length).toBeGreaterThan(0);
    expect((await fetch(`${server.origin}/api/campaigns/${server.evolve}/transcripts/r7a7c7`)).status).toBe(404);
  });
});

describe("a campaign of train", () => {
  test("has a course from the base alone to the accepted adapter, and the cost of each trial", async () => {
    const page = await get<Extract<CampaignPage, { loop: "train" }>>(`campaigns/${server.train}`);
    const { course, train } = page;
    expect(course.accepted.map(({ key, score }) => [key, score.mean])).toEqual([
      ["start", 0.5],
      ["t1.1", 1],
    ]);
    expect(course.tried[0]).toMatchObject({ key: "t1.1", outcome: "accepted" });
    expect(course.tried.slice(1).every(({ outcome }) => outcome !== "accepted")).toBe(true);
    expect(course.costs.map(({ part }) => part)).toEqual(["collection", "start", "t1", "t2", "report"]);
    expect(course.costs[0]!.spent.episodes).toBe(3);
    const { episodes, tokens } = train.spent;
    expect(total(course)).toEqual({ episodes, tokens });
    expect(page.memory).toMatchObject({ heads: ["base alone", "with specialist"] });
  });

  test("has no transcript where rules decide, and refuses trials that are not there", async () => {
    expect(await get<object>(`campaigns/${server.train}/transcripts/t1`)).toEqual({ parts: [] });
    expect((await fetch(`${server.origin}/api/campaigns/${server.train}/transcripts/t9`)).status).toBe(404);
  });
});

test("the configurations of a ledger come with all that decided them, and what came of each", async () => {
  const { configurations } = await get<{ configurations: ConfigurationFields[] }>(
    `campaigns/${server.train}/configurations`,
  );
  expect(configurations.map(({ key }) => key).slice(0, 2)).toEqual(["t1.1", "t2.1"]);
  const [first, second] = configurations.map(({ fields }) => new Map(Object.entries(fields)));
  const names = differing([first!, second!]).map(({ name }) => name);
  expect(names.some((name) => name.startsWith("recipe."))).toBe(true);
  expect(first!.get("data.selector")).toBe("outcome");
  expect(configurations[0]!.results).toMatchObject({ outcome: "accepted", select: "100.0 %" });
  expect((await fetch(`${server.origin}/api/campaigns/${server.evolve}/configurations`)).status).toBe(404);
});

describe("a dataset", () => {
  const dataset = async () => {
    const { train } = await get<Extract<CampaignPage, { loop: "train" }>>(`campaigns/${server.train}`);
    return `datasets/${train.trials[0]!.dataset!.hash}`;
  };

  test("is browsed by kind, rule, split and episode, a part at a time", async () => {
    const path = await dataset();
    const page = await get<DatasetPage>(path);
    const all = await get<DatasetTurns>(`${path}/turns?count=500`);
    expect(all.turns.map(({ item }) => item)).toEqual(all.turns.map((_, index) => index));
    expect(all.total).toBe(page.record.train.items + page.record.validation.items);
    expect(page.episodes.reduce((sum, { items }) => sum + items, 0)).toBe(all.total);
    const { kind, rule } = all.turns[0]!;
    const filtered = await get<DatasetTurns>(`${path}/turns?kind=${kind}&rule=${rule}&split=train`);
    expect(filtered.matching).toBe(
      all.turns.filter((turn) => turn.kind === kind && turn.rule === rule && turn.split === "train").length,
    );
    const { record } = page.episodes[0]!;
    const ofOne = await get<DatasetTurns>(`${path}/turns?episode=${record}`);
    expect(ofOne.matching).toBe(page.episodes[0]!.items);
    const part = await get<DatasetTurns>(`${path}/turns?from=1&count=2`);
    expect(part.turns).toEqual(all.turns.slice(1, 3));
    expect((await fetch(`${server.origin}/api/${path}/turns?kind=none`)).status).toBe(400);
  });

  test("leads from each item, and from each turn that was set aside, to the very step", async () => {
    const path = await dataset();
    const all = await get<DatasetTurns>(`${path}/turns?count=500`);
    const aside = await get<DatasetTurns>(`${path}/turns?show=set-aside&count=500`);
    expect(aside.total).toBeGreaterThan(0);
    expect(aside.turns.every(({ rule, reason }) => rule !== "" && reason !== "")).toBe(true);
    for (const turn of [all.turns[0]!, aside.turns[0]!]) {
      const [run, episode] = turn.place!.split("/");
      const step = await get<{ stepIndex: number } & Record<string, unknown>>(
        `runs/${run}/episodes/${episode}/steps/${turn.stepIndex}`,
      );
      expect(step[turn.phase]).toBeDefined();
    }
    const item = await get<{ places: string[]; item: { turn: string } }>(`${path}/items/0`);
    expect(item.places).toContain(all.turns[0]!.place!);
  });
});

describe("an adapter", () => {
  test("has its recipe, canaries, tests, runs, and the command to use it", async () => {
    const page = await get<AdapterPage>(`adapters/${server.adapter.slice(0, 12)}`);
    expect(page.known).toBe(true);
    expect(page.recipe.find(({ field }) => field === "rank")!.value).toBe(8);
    expect(page.checks).toMatchObject([{ adapter: server.adapter, passed: true }]);
    expect(page.checks[0]!.apart).toBeGreaterThan(page.checks[0]!.mixed);
    expect(page.trials[0]).toMatchObject({ campaign: server.train, key: "t1", outcome: "accepted", best: true });
    expect(page.trials[0]!.tests).toMatchObject([{ against: "base", decision: "accept" }]);
    expect(page.runs.length).toBeGreaterThan(0);
    const { runs } = await get<{ runs: { id: string }[] }>(`runs?specialist=${server.adapter}`);
    expect(runs.map(({ id }) => id).toSorted()).toEqual(page.runs.map(({ id }) => id).toSorted());
    expect(page.commands).toHaveLength(1);
    const [begin, end] = [`automem run unsteady --model ${page.adapter.base.model}`, "--task default"];
    const command = new RegExp(`^${begin} --scaffold [0-9a-f]{12} --specialist ${server.adapter.slice(0, 12)} ${end}$`);
    expect(page.commands[0]).toMatch(command);
    expect((await fetch(`${server.origin}/api/adapters/0000`)).status).toBe(404);
  });

  test("has its lineage checked down to the episodes when that is asked for", async () => {
    const lineage = await get<AdapterLineage>(`adapters/${server.adapter}/lineage`);
    expect(lineage.problems).toEqual([]);
    expect(lineage.items!.equal).toBe(lineage.items!.of);
    expect(lineage.episodes.every(({ places }) => places.length > 0)).toBe(true);
  });
});

test("all of it is described for programs", async () => {
  const { paths } = await get<{ paths: Record<string, { get: { summary?: string } }> }>("openapi.json");
  for (const path of [
    "/api/campaigns/{campaign}/scaffolds",
    "/api/campaigns/{campaign}/configurations",
    "/api/campaigns/{campaign}/transcripts/{key}",
    "/api/datasets/{dataset}/turns",
    "/api/adapters/{adapter}",
    "/api/adapters/{adapter}/lineage",
  ]) {
    expect([path, paths[path]?.get.summary !== undefined]).toEqual([path, true]);
  }
});
