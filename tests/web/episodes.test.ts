/** The API over one episode: time line, steps, memory, search, the history of a line. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { LineHistory } from "../../src/app/episode/line-history.ts";
import type { FileLines } from "../../src/app/episode/memory-difference.ts";
import type { SearchAnswer } from "../../src/app/episode/search.ts";
import type { StepRow, StepView } from "../../src/app/inspect.ts";
import type { Timeline } from "../../src/app/timeline/timelines.ts";
import { removeFolders } from "../store/support.ts";
import { type TestServer, testServer } from "./support.ts";

let server: TestServer;
let episodes: string;

beforeAll(async () => {
  server = await testServer();
  episodes = `${server.origin}/api/runs/${server.filled.finished}/episodes`;
});

afterAll(async () => {
  await server.stop();
  removeFolders();
});

async function get<Body>(address: string): Promise<Body> {
  const answer = await fetch(address);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Body;
}

async function anEpisode(): Promise<string> {
  const run = await get<{ episodes: { key: string }[] }>(`${server.origin}/api/runs/${server.filled.finished}`);
  return `${episodes}/${run.episodes[0]!.key}`;
}

describe("an episode", () => {
  test("says what it is", async () => {
    const found = await get<{ steps: number; end: object; start: { task: string } }>(await anEpisode());
    expect(found.steps).toBe(6);
    expect(found.end).toBeDefined();
  });

  test("has a time line of any stretch, with as many points as asked for", async () => {
    const episode = await anEpisode();
    const whole = await get<Timeline>(`${episode}/timeline`);
    expect(whole).toMatchObject({ steps: 6, ended: true, known: 1, segments: 1 });
    expect(whole.window).toMatchObject({ fromStep: 0, toStep: 7, points: 7, stepsPerPoint: 1 });
    const part = await get<Timeline>(`${episode}/timeline?from=2&to=6&points=2`);
    expect(part.window).toMatchObject({ fromStep: 2, toStep: 6, points: 2, stepsPerPoint: 2 });
    expect(await get<Timeline>(`${episode}/timeline?from=900&to=1000`)).toMatchObject({
      window: { fromStep: 6, toStep: 7 },
    });
  });

  test("that is under way has one too", async () => {
    const { filled, origin } = server;
    const run = await get<{ episodes: { key: string }[] }>(`${origin}/api/runs/${filled.stopped}`);
    const address = `${origin}/api/runs/${filled.stopped}/episodes/${run.episodes[0]!.key}/timeline`;
    let line = await get<Timeline>(address);
    // An answer takes a bounded time; a segment of an episode under way is read anew for each.
    for (let more = 0; line.known < line.segments && more < 20; more++) line = await get<Timeline>(address);
    expect(line).toMatchObject({ ended: false, known: 2, segments: 2 });
    expect(line.steps).toBeGreaterThan(256);
  });

  test("gives its steps as rows, and one word for word with its memory beside the step before", async () => {
    const episode = await anEpisode();
    const { rows } = await get<{ rows: StepRow[] }>(`${episode}/steps?from=2&count=3`);
    expect(rows.map(({ stepIndex }) => stepIndex)).toEqual([2, 3, 4]);
    for (const { stepIndex, writes } of rows) {
      const step = await get<StepView & { memory: FileLines[] }>(`${episode}/steps/${stepIndex}`);
      expect(step.stepIndex).toBe(stepIndex);
      const changed = step.memory.some(({ lines }) => lines.some(({ kind }) => kind !== "same"));
      expect(changed).toBe(writes > 0);
    }
    expect((await fetch(`${episode}/steps/99`)).status).toBe(404);
    expect((await fetch(`${episode}/steps/x`)).status).toBe(400);
  });

  test("tells the history of a line of memory", async () => {
    const episode = await anEpisode();
    const written = await firstWritten(episode);
    const asked = new URLSearchParams({ file: written.file, line: written.line });
    const { events, next } = await get<LineHistory>(`${episode}/line?${asked}`);
    expect(next).toBeUndefined();
    expect(events[0]).toMatchObject({ kind: "written", stepIndex: written.stepIndex });
    expect(events.every(({ stepIndex }) => stepIndex >= written.stepIndex)).toBe(true);
    const never = new URLSearchParams({ file: written.file, line: "no such line" });
    expect(await get<LineHistory>(`${episode}/line?${never}`)).toEqual({ events: [], next: undefined });
  });

  test("is searched, whatever the case, and says where", async () => {
    const episode = await anEpisode();
    const { action } = await get<StepView>(`${episode}/steps/1`);
    const { hits } = await get<SearchAnswer>(`${episode}/search?words=${action!.action.toUpperCase()}`);
    const hit = hits.find(({ stepIndex, where }) => stepIndex === 1 && where === "action")!;
    expect(hit.excerpt.slice(hit.start, hit.end)).toBe(action!.action);
    expect((await fetch(`${episode}/search?words=`)).status).toBe(400);
  });
});

async function firstWritten(episode: string): Promise<{ file: string; line: string; stepIndex: number }> {
  for (let stepIndex = 0; stepIndex < 6; stepIndex++) {
    const { memory } = await get<{ memory: FileLines[] }>(`${episode}/steps/${stepIndex}`);
    for (const { file, lines } of memory) {
      const line = lines.find(({ kind, text }) => kind === "added" && text.trim() !== "");
      if (line !== undefined) return { file, line: line.text, stepIndex };
    }
  }
  throw new Error("The episode writes nothing.");
}
