/** Requests that change something, and what is told while one looks. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { StartedJob } from "../../src/app/web/jobs.ts";
import { keepSomeScaffold } from "../store/filled-store.ts";
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

describe("work", () => {
  const post = (path: string, body: unknown, token = server.token) =>
    fetch(`${server.origin}/api/jobs${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  test("is begun with the token only", async () => {
    expect((await post("/", { command: "run", words: [] }, "wrong")).status).toBe(401);
    expect((await fetch(`${server.origin}/api/jobs`, { method: "POST" })).status).toBe(401);
  });

  test("that cannot be begun says why, as the command line does", async () => {
    const answer = await post("", { command: "run", words: ["no such game", "--model", "scripted:x"] });
    expect(answer.status).toBe(200);
    const job = (await answer.json()) as StartedJob;
    expect(job).toMatchObject({ command: "automem run 'no such game' --model scripted:x", exitCode: 2 });
    expect(job.id).toBeUndefined();
    expect(job.said).toContain("no such game");
  });

  for (const [body, why] of [
    [{ command: "store", words: ["gc"] }, "a command that does other things"],
    [{ command: "run", words: "courier" }, "words that are none"],
    [{ command: "run", words: [], more: 1 }, "a field of its own"],
  ] as const) {
    test(`is refused for ${why}`, async () => {
      const answer = await post("", body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { code: "bad-request" } });
    });
  }

  test("that nobody does cannot be stopped", async () => {
    expect(await (await post("/stop", { id: server.filled.stopped })).json()).toMatchObject({
      error: { code: "not-running" },
    });
    expect((await post("/stop", { id: "none" })).status).toBe(404);
  });
});

test("live events begin with the present state and come with each change", async () => {
  const looking = new AbortController();
  const answer = await fetch(`${server.origin}/api/live`, { signal: looking.signal });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (wanted: (seen: string) => boolean) => {
    while (!wanted(text)) text += (await reader.read()).value ?? "";
  };
  await until((seen) => seen.includes("event: runs") && seen.includes("event: campaigns"));
  text = "";
  const { store } = server.filled;
  const scaffold = await keepSomeScaffold(store);
  const run = (await store.runs.open(server.filled.finished)).record;
  await store.runs.create({
    id: "ring-20260101-0000-aaaa",
    record: { ...run, scaffold },
    createdMs: 0,
    commandLine: [],
  });
  await until((seen) => seen.includes("event: runs"));
  expect(text).not.toContain("event: campaigns");
  looking.abort();
});
