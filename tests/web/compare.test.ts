/** The API that puts runs side by side, and the one over what is installed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ComparePage } from "../../src/app/web/compare-page.ts";
import { removeFolders } from "../store/support.ts";
import { type TestServer, testServer } from "./support.ts";

let server: TestServer;

beforeAll(async () => {
  server = await testServer();
}, 60_000);

afterAll(async () => {
  await server.stop();
  removeFolders();
});

test("runs are compared episode by episode; what one did not plan or finish is empty", async () => {
  const { finished, stopped } = server.filled;
  const page = (await (await fetch(`${server.origin}/api/compare?runs=${finished},${stopped}`)).json()) as ComparePage;
  expect(page.runs.map(({ name }) => name)).toEqual([finished, stopped]);
  expect(
    page.episodes.map(({ seed, scores, keys }) => [
      seed,
      scores.map((score) => score !== null),
      keys.map((key) => key !== null),
    ]),
  ).toEqual([
    [1, [true, false], [true, false]],
    [2, [true, false], [true, false]],
    [3, [false, false], [false, true]],
  ]);
});

test("a comparison has the memory figures that the terminal prints, a value for each run", async () => {
  const { finished, stopped } = server.filled;
  const page = (await (await fetch(`${server.origin}/api/compare?runs=${finished},${stopped}`)).json()) as ComparePage;
  const figures = new Map(page.figures.map(({ name, values }) => [name, values]));
  expect(figures.get("episodes counted")).toEqual(["2", "0"]);
  expect(figures.get("steps")).toEqual(["12", "0"]);
  expect(Number(figures.get("writes")![0])).toBeGreaterThan(0);
  expect(figures.get("seconds in model")![1]).toBe("-");
  const writing = page.counts.find(({ phase, what }) => phase === "LOG" && what === "operations")!;
  expect(writing.run).toBe(finished);
  expect(writing.text).toMatch(/[A-Z]+ \d+/);
});

for (const [runs, code, status] of [
  ["", "bad-request", 400],
  ["one", "one-run", 400],
  ["none,nothing", "unknown-run", 404],
] as const) {
  test(`a comparison of "${runs}" is refused: ${code}`, async () => {
    const answer = await fetch(`${server.origin}/api/compare?runs=${runs}`);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code } });
  });
}

test("plugins that could be had and models that are here are listed", async () => {
  const plugins = (await (await fetch(`${server.origin}/api/plugins`)).json()) as { available: { name: string }[] };
  expect(plugins.available.map(({ name }) => name)).toContain("crafter");
  expect(await (await fetch(`${server.origin}/api/models`)).json()).toEqual({ models: [], damaged: [], checks: [] });
});
