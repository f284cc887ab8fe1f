/** What the page's header `Link` tells a browser to fetch early, and that all of it is there. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { EpisodeQuery, RunQuery } from "../../src/web/api/run-queries.ts";
import { episodeQueryParts, runQueryParts } from "../../src/web/list-address.ts";
import { pageLinks } from "../../src/web/openings.ts";
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

async function linksOf(address: string): Promise<{ address: string; rel: string }[]> {
  const response = await fetch(server.origin + address);
  expect(response.headers.get("content-type")).toContain("text/html");
  const links = response.headers.get("link") ?? "";
  return [...links.matchAll(/<([^>]*)>; rel=(\w+)/g)].map(([, link = "", rel = ""]) => ({ address: link, rel }));
}

test("every part of a query of a list is known to the page, in one order", () => {
  expect([...runQueryParts]).toEqual(Object.keys(RunQuery.entries) as (typeof runQueryParts)[number][]);
  expect([...episodeQueryParts]).toEqual(Object.keys(EpisodeQuery.entries) as (typeof episodeQueryParts)[number][]);
});

describe("a list", () => {
  // That the page's own client writes them so is seen in Chromium: browser/lists.slow.test.ts.
  test.each([
    ["/", "/api/runs"],
    ["/runs", "/api/runs"],
    ["/runs?order=up&sort=score&nonsense=1&search=", "/api/runs?sort=score&order=up"],
    ["/runs?search=two%20w%C3%B6rds+%3E%22%3C", "/api/runs?search=two+w%C3%B6rds+%3E%22%3C"],
  ])("is told of with what %s asks first", async (address, question) => {
    expect(await linksOf(address)).toEqual([{ address: question, rel: "preload" }]);
    const answer = (await (await fetch(server.origin + question)).json()) as { total: number };
    expect(answer.total).toBe(2);
  });

  test("of a run's episodes as well", async () => {
    const [link] = await linksOf(`/runs/${server.filled.finished}?state=finished&limit=1`);
    expect(link).toEqual({ address: `/api/runs/${server.filled.finished}?state=finished&limit=1`, rel: "preload" });
    const answer = (await (await fetch(server.origin + link!.address)).json()) as { episodes: unknown[] };
    expect(answer.episodes).toHaveLength(1);
  });

  test("of campaigns as well", async () => {
    expect(await linksOf("/campaigns")).toEqual([{ address: "/api/campaigns", rel: "preload" }]);
  });
});

test("an episode is told of with what it is, its step and its time line, and its view", async () => {
  const { episodes } = (await (await fetch(`${server.origin}/api/runs/${server.filled.finished}`)).json()) as {
    episodes: { key: string }[];
  };
  const episode = `/runs/${server.filled.finished}/${episodes[0]!.key}`;
  for (const [query, step] of [
    ["", 0],
    ["?step=3", 3],
    ["?step=-1%3E%22", 0],
  ] as const) {
    const links = await linksOf(episode + query);
    const asked = links.filter(({ rel }) => rel === "preload").map(({ address }) => address);
    const api = `/api/runs/${server.filled.finished}/episodes/${episodes[0]!.key}`;
    // That the page's own client writes them so is seen in Chromium: browser/long-episode.slow.test.ts.
    expect(asked).toEqual([api, `${api}/steps/${step}`, `${api}/timeline?from=0&points=1000`]);
    for (const address of asked) expect((await fetch(server.origin + address)).status).toBe(200);
    expect(links.filter(({ rel }) => rel === "modulepreload").length).toBeGreaterThan(0);
  }
});

test("views that are loaded later name their files and those that these import, and all are there", async () => {
  for (const address of [
    "/runs/some/an%20episode",
    "/campaigns/some",
    "/start",
    "/training",
    "/datasets/some",
    "/adapters/some",
    "/compare?runs=some,other",
    "/side?left=a/b&right=a/c",
    "/plugins",
  ]) {
    const links = await linksOf(address);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      expect(link.rel).toBe("modulepreload");
      const response = await fetch(server.origin + link.address);
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
    }
  }
});

test("an address that is none, and what is no name of a run, fetch nothing early", async () => {
  for (const address of ["/nothing", "/runs/a/b/c", "/campaigns/a/b", "/runs/%3E%2C%20x", "/runs/%E0%A4%A"]) {
    expect(await linksOf(address)).toEqual([]);
  }
});

test("files that import one another in a ring are each named once", () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const links = pageLinks(
    new Map([
      ["start-1.js", text('import{a}from"/a-1.js";import"/gone-1.js"')],
      ["a-1.js", text('import{b}from"/b-1.js";')],
      ["b-1.js", text('import{a}from"/a-1.js";')],
    ]),
  );
  const found = links(new URL("http://127.0.0.1/start"));
  expect(found?.match(/<[^>]*>/g)).toEqual(["</start-1.js>", "</a-1.js>", "</b-1.js>"]);
});
