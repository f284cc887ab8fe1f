/** The API over the runs of a store. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { RunPage } from "../../src/app/web/run-filter.ts";
import type { RunView } from "../../src/app/web/run-view.ts";
import { removeFolders } from "../store/support.ts";
import { type TestServer, testServer } from "./support.ts";

let server: TestServer;

beforeAll(async () => {
  server = await testServer();
});

afterAll(async () => {
  await server.stop();
  removeFolders();
});

describe("runs", () => {
  const page = async (query: string) => (await (await fetch(`${server.origin}/api/runs${query}`)).json()) as RunPage;

  test("come newest first, with state and scores", async () => {
    const { runs, matching, total, games, scaffolds } = await page("");
    expect(runs.map(({ id, state, scores }) => ({ id, state, scores: scores.length }))).toEqual([
      { id: server.filled.stopped, state: "stopped", scores: 0 },
      { id: server.filled.finished, state: "finished", scores: 2 },
    ]);
    const run = await fetch(`${server.origin}/api/runs/${server.filled.finished}`);
    const { progression } = (await run.json()) as { progression: { low: number; high: number } };
    expect(runs.map(({ range }) => range)).toEqual([null, [progression.low, progression.high]]);
    expect({ matching, total, games, scaffolds }).toEqual({
      matching: 2,
      total: 2,
      games: ["ring"],
      scaffolds: ["base"],
    });
  });

  test("are filtered, sorted and paged", async () => {
    const { finished, stopped } = server.filled;
    const ids = async (query: string) => (await page(query)).runs.map(({ id }) => id);
    expect(await ids("?state=finished")).toEqual([server.filled.finished]);
    expect(await ids("?game=none")).toEqual([]);
    expect(await ids("?sort=episodes&order=up")).toEqual([server.filled.stopped, server.filled.finished]);
    for (const sort of ["calls", "tokens", "seconds", "money"]) {
      expect((await ids(`?sort=${sort}&order=down`)).toSorted()).toEqual([finished, stopped].toSorted());
    }
    expect((await ids("?sort=calls"))[0]).toBe(finished);
    expect(await ids("?specialist=none")).toEqual([]);
    expect(await ids("?limit=1&offset=1")).toEqual([server.filled.finished]);
    expect(await ids(`?search=${server.filled.stopped.slice(-4)}%20RING`)).toEqual([server.filled.stopped]);
    expect((await page("?limit=1")).matching).toBe(2);
  });

  for (const query of ["?limit=0", "?limit=501", "?limit=ten", "?sort=nothing", "?offset=-1"]) {
    test(`${query} is refused with the place`, async () => {
      const answer = await fetch(`${server.origin}/api/runs${query}`);
      expect(answer.status).toBe(400);
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      expect(error.code).toBe("bad-request");
      expect(error.message).toContain(query.slice(1).split("=")[0]!);
    });
  }

  test("one by its name, or that there is none", async () => {
    const run = (await (await fetch(`${server.origin}/api/runs/${server.filled.finished}`)).json()) as {
      episodes: unknown[];
    };
    expect(run.episodes).toHaveLength(2);
    expect((await fetch(`${server.origin}/api/runs/none`)).status).toBe(404);
  });

  test("one says a part of its episodes, filtered and sorted", async () => {
    const view = async (query: string) =>
      (await (await fetch(`${server.origin}/api/runs/${server.filled.finished}${query}`)).json()) as RunView;
    const seeds = async (query: string) => (await view(query)).episodes.map(({ seed }) => seed);
    expect(await seeds("")).toEqual([1, 2]);
    expect(await seeds("?sort=seed&order=down")).toEqual([2, 1]);
    expect(await seeds("?limit=1&offset=1")).toEqual([2]);
    expect(await seeds("?search=2%20S2")).toEqual([2]);
    expect(await seeds("?state=failed")).toEqual([]);
    const part = await view("?limit=1");
    expect({ matching: part.matching, total: part.total, counts: part.counts }).toEqual({
      matching: 2,
      total: 2,
      counts: { finished: 2, failed: 0, "under way": 0, "not started": 0 },
    });
    expect(part.episodes[0]).toMatchObject({ status: "finished", steps: 6 });
    expect(part.progression.count).toBe(2);
    expect(part.record).not.toHaveProperty("episodes");
  });

  test("one with an episode under way says how far it has come", async () => {
    const found = (await (await fetch(`${server.origin}/api/runs/${server.filled.stopped}`)).json()) as RunView;
    expect(found.counts["under way"]).toBe(1);
    expect(found.episodes[0]!.steps).toBeGreaterThan(256);
    expect(found.progression.missing).toBe(1);
  });

  test("are described for programs", async () => {
    const described = (await (await fetch(`${server.origin}/api/openapi.json`)).json()) as {
      paths: Record<string, unknown>;
    };
    expect(Object.keys(described.paths)).toContain("/api/runs/{run}");
  });
});
