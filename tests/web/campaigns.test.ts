/** The API over campaigns of both loops: course, costs, memory before and after, scaffolds side by side, transcripts. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TranscriptPart } from "../../src/app/campaign-transcript.ts";
import type { ScaffoldDifference } from "../../src/app/scaffold-diff.ts";
import type { CampaignPage } from "../../src/app/web/campaign-page.ts";
import { removeFolders } from "../store/support.ts";
import { type CampaignServer, campaignServer } from "./campaign-home.ts";

let server: CampaignServer;

beforeAll(async () => {
  server = await campaignServer();
}, 120_000);

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
    expect(course.tried).toMatchObject([{ key: "t1.1", outcome: "accepted" }]);
    expect(course.costs.map(({ part }) => part)).toEqual(["collection", "start", "t1", "report"]);
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
