/** The API of two episodes side by side. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { FileLines } from "../../src/app/episode/memory-difference.ts";
import type { BesideRow } from "../../src/app/side/besides.ts";
import type { FirstDifferences } from "../../src/app/side/first-differences.ts";
import type { SidePage } from "../../src/app/side/side-page.ts";
import { removeFolders } from "../store/support.ts";
import { playRing } from "./ring-runs.ts";
import { type TestServer, testServer } from "./support.ts";

let server: TestServer;
/** As the finished run of the server's store, with other limits and more steps. */
let other: string;
let left: string;
let right: string;

beforeAll(async () => {
  server = await testServer();
  other = await playRing(server.filled.store, { seeds: [1, 2], steps: 9 });
  const run = (await (await fetch(`${server.origin}/api/runs/${server.filled.finished}`)).json()) as {
    episodes: { key: string; seed: number }[];
  };
  const key = run.episodes.find(({ seed }) => seed === 1)!.key;
  [left, right] = [`${server.filled.finished}/${key}`, `${other}/${key}`];
});

afterAll(async () => {
  await server.stop();
  removeFolders();
});

async function get<Body>(path: string): Promise<Body> {
  const answer = await fetch(`${server.origin}/api${path}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Body;
}

describe("two episodes", () => {
  test("say what they are and in what their runs differ", async () => {
    const page = await get<SidePage>(`/side?left=${left}&right=${right}`);
    expect(page.left).toMatchObject({ run: server.filled.finished, seed: 1, steps: 6 });
    expect(page.right).toMatchObject({ run: other, seed: 1, steps: 9 });
    expect(page.settings).toContainEqual({ name: "agent.logCalls", values: ["3", "1"] });
    expect(page.warnings).toEqual([]);
  });

  test("of different seeds are told apart", async () => {
    const page = await get<SidePage>(`/side?left=${left}&right=${right.replace(/-s1$/, "-s2")}`);
    expect(page.warnings).toEqual([expect.stringContaining("different seeds")]);
  });

  test("part where their steps say so", async () => {
    const { found, next } = await get<FirstDifferences>(`/side/differences?left=${left}&right=${right}`);
    expect(next).toBeUndefined();
    const step = async (named: string, index: number) =>
      get<{ action: { action: string }; memory: FileLines[] }>(
        `/runs/${named.replace("/", "/episodes/")}/steps/${index}`,
      );
    const actions = async (named: string) =>
      Promise.all([0, 1, 2, 3, 4, 5].map(async (index) => (await step(named, index)).action.action));
    const [one, two] = [await actions(left), await actions(right)];
    const first = one.findIndex((action, index) => action !== two[index]);
    expect(found.action).toBe(first < 0 ? undefined : first);
    const only = await get<FirstDifferences>(`/side/differences?left=${left}&right=${right}&wanted=memory`);
    expect(only.found).toEqual(found.memory === undefined ? {} : { memory: found.memory });
  });

  test("have their memory laid one against the other; who ended before stays at the last step", async () => {
    const at = (step: number) => get<{ memory: FileLines[] }>(`/side/memory?left=${left}&right=${right}&step=${step}`);
    const same = await get<{ memory: FileLines[] }>(`/side/memory?left=${left}&right=${left}&step=3`);
    expect(same.memory.length).toBeGreaterThan(0);
    expect(same.memory.every(({ change }) => change === "same")).toBe(true);
    const late = await at(8);
    const texts = (side: "added" | "removed") =>
      late.memory.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== side).map(({ text }) => text));
    const alone = async (named: string, step: number) => {
      const { memory } = await get<{ memory: FileLines[] }>(`/runs/${named.replace("/", "/episodes/")}/steps/${step}`);
      return memory.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== "removed").map(({ text }) => text));
    };
    expect(texts("added")).toEqual(await alone(left, 5));
    expect(texts("removed")).toEqual(await alone(right, 8));
  });

  for (const [query, status] of [
    ["left=x&right=y", 400],
    ["left=no/such&right=no/such", 404],
    ["left=", 400],
  ] as const) {
    test(`are refused as ${query}: ${status}`, async () => {
      expect((await fetch(`${server.origin}/api/side?${query}`)).status).toBe(status);
      expect((await fetch(`${server.origin}/api/side/differences?${query}&wanted=action`)).status).toBe(status);
    });
  }

  test("what is looked for must be known", async () => {
    expect((await fetch(`${server.origin}/api/side/differences?left=${left}&right=${right}&wanted=price`)).status).toBe(
      400,
    );
  });
});

test("an episode can be laid beside those of other runs with its task and seed, and no others", async () => {
  const found = await get<{ episodes: BesideRow[]; matching: number }>(
    `/runs/${left.replace("/", "/episodes/")}/beside`,
  );
  expect(found.matching).toBe(1);
  expect(found.episodes).toMatchObject([{ run: other, key: right.split("/")[1], status: "finished", steps: 9 }]);
  const alone = await get<{ runs: unknown[]; episodes: { key: string }[] }>(`/runs/${server.filled.stopped}`);
  expect(await get<object>(`/runs/${server.filled.stopped}/episodes/${alone.episodes[0]!.key}/beside`)).toEqual({
    episodes: [],
    matching: 0,
  });
});
