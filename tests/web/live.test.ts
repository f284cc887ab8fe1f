/** What is told while one looks: to each viewer what they watch, and each thing looked at once for all. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ActivityReaders } from "../../src/app/activity/readers.ts";
import { type App, openApp } from "../../src/app/app.ts";
import { LiveLooks } from "../../src/app/live/live-looks.ts";
import { SharedLook } from "../../src/app/live/shared-look.ts";
import { answerFault } from "../../src/web/api/answers.ts";
import { type LiveServer, liveRoutes } from "../../src/web/api/live.ts";
import { type FilledStore, filledStore } from "../store/filled-store.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

describe("a shared look", () => {
  const times = () => {
    const clock = { ms: 0, monotonicMs: () => clock.ms };
    return clock;
  };

  test("is made once for all who ask, and again when it is old", async () => {
    const clock = times();
    let looks = 0;
    const look = new SharedLook(async () => ++looks, { clock, everyMs: 1_000 });
    expect(await Promise.all(Array.from({ length: 100 }, () => look.now()))).toEqual(new Array(100).fill(1));
    clock.ms = 899;
    expect(await look.now()).toBe(1);
    clock.ms = 900;
    expect(await Promise.all([look.now(), look.now()])).toEqual([2, 2]);
  });

  test("is made less often where it takes long, and never twice at a time", async () => {
    const clock = times();
    let looks = 0;
    const look = new SharedLook(
      async () => {
        looks += 1;
        clock.ms += 2_000;
      },
      { clock, everyMs: 1_000 },
    );
    await Promise.all([look.now(), look.now()]);
    clock.ms += 7_999;
    await look.now();
    expect(looks).toBe(1);
    clock.ms += 1;
    await look.now();
    expect(looks).toBe(2);
  });

  test("that failed is made again by the next who asks after the time", async () => {
    const clock = times();
    let looks = 0;
    const look = new SharedLook(
      async () => {
        looks += 1;
        if (looks === 1) throw new Error("first");
        return looks;
      },
      { clock, everyMs: 1_000 },
    );
    await expect(look.now()).rejects.toThrow("first");
    clock.ms = 1_000;
    expect(await look.now()).toBe(2);
  });
});

/** Wakes up who sleeps when it is told to. */
function steppedClock() {
  const sleepers = new Set<() => void>();
  const clock = {
    ms: 0,
    nowMs: () => 1_700_000_000_000 + clock.ms,
    monotonicMs: () => clock.ms,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const wake = () => {
          sleepers.delete(wake);
          resolve();
        };
        sleepers.add(wake);
        signal?.addEventListener("abort", () => {
          sleepers.delete(wake);
          reject(signal.reason);
        });
      }),
    sleeping: () => sleepers.size,
    tick: (ms: number) => {
      clock.ms += ms;
      for (const wake of [...sleepers]) wake();
    },
  };
  return clock;
}

/** Reads events of a stream as they come. */
class Events {
  readonly #reader: { read(): Promise<{ done: boolean; value?: string | undefined }>; cancel(): Promise<void> };
  #text = "";

  constructor(answer: Response) {
    this.#reader = (answer.body! as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
      .getReader();
  }

  /** The data of the next event of that name. */
  async next(name: string): Promise<unknown> {
    const pattern = new RegExp(`event: ${name}\\ndata: (.*)\\n`);
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) {
        this.#text = this.#text.slice(found.index + found[0].length);
        return found[1]!.startsWith("{") ? JSON.parse(found[1]!) : found[1];
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`the stream ended before ${name}`);
      this.#text += value;
    }
  }

  /** Event names of what was read and not taken. */
  left(): string[] {
    return [...this.#text.matchAll(/event: (\w+)/g)].map(([, name]) => name!);
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }
}

describe("live events", () => {
  let home: string;
  let filled: FilledStore;
  let stopped: string;
  let app: App;
  let clock: ReturnType<typeof steppedClock>;
  let server: LiveServer;
  let closing: AbortController;

  beforeAll(async () => {
    home = freshFolder();
    await mkdir(home, { recursive: true });
    filled = await filledStore(join(home, "store"));
    stopped = `${filled.stopped}/${(await filled.store.runs.open(filled.stopped)).episodes[0]!.key}`;
  });
  afterAll(removeFolders);

  beforeEach(() => {
    clock = steppedClock();
    app = openApp({ AUTOMEM_HOME: home }, clock);
    closing = new AbortController();
    server = { looks: new LiveLooks(app, new ActivityReaders(app)), instance: "one", closed: closing.signal };
  });
  afterEach(() => closing.abort());

  const open = async (query = "") => {
    const answer = await liveRoutes(app, server).request(`/${query}`);
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    return new Events(answer);
  };

  test("begin with who tells and the present state, and say nothing while nothing changes", async () => {
    const events = await open();
    expect(await events.next("hello")).toEqual({ instance: "one", version: app.version });
    await events.next("runs");
    await events.next("campaigns");
    for (let second = 0; second < 14; second++) {
      await untilAsleep(clock, 1);
      clock.tick(1_000);
    }
    await untilAsleep(clock, 1);
    expect(events.left()).toEqual([]);
    await events.leave();
  });

  test("are of what is watched alone: how far an episode has come", async () => {
    const events = await open(`?episode=${stopped}`);
    const { episode } = (await events.next("episode")) as {
      episode: { steps: number; lastStep: number; status: string };
    };
    expect(episode.status).toBe("under way");
    expect(episode.steps).toBeGreaterThan(256);
    expect(events.left()).toEqual([]);
    await events.leave();
    const others = await open(`?run=${filled.stopped}&playing=1`);
    const { run } = (await others.next("run")) as { run: { playing: { steps: number }[]; heldBy?: number } };
    expect(run.playing).toEqual([expect.objectContaining({ steps: episode.steps, status: "under way" })]);
    expect(run.heldBy).toBeUndefined();
    expect(await others.next("playing")).toMatchObject({ playing: [] });
    await others.leave();
  });

  test("tell once that there is no such thing, and go on", async () => {
    const events = await open("?episode=none/nothing&campaign=none");
    expect(await events.next("episode")).toMatchObject({ problem: expect.stringContaining('There is no run "none"') });
    expect(await events.next("campaign")).toMatchObject({ problem: expect.stringContaining("no campaign") });
    await untilAsleep(clock, 1);
    clock.tick(10_000);
    await untilAsleep(clock, 1);
    expect(events.left()).toEqual([]);
    await events.leave();
  });

  test("of many viewers cost one look, and none when all have left", async () => {
    const { catalogue } = await app.store();
    let looks = 0;
    const list = catalogue.listRuns.bind(catalogue);
    catalogue.listRuns = () => {
      looks += 1;
      return list();
    };
    const viewers = await Promise.all(Array.from({ length: 20 }, () => open(`?episode=${stopped}`)));
    await Promise.all(viewers.map((viewer) => viewer.next("episode")));
    await untilAsleep(clock, 20);
    expect(looks).toBe(1);
    expect(server.looks.watched).toBe(1);
    clock.tick(1_000);
    await untilAsleep(clock, 20);
    expect(looks).toBe(2);
    await Promise.all(viewers.slice(1).map((viewer) => viewer.leave()));
    expect(clock.sleeping()).toBe(1);
    expect(server.looks.watched).toBe(1);
    await viewers[0]!.leave();
    await until(() => server.looks.watched === 0);
    expect(clock.sleeping()).toBe(0);
  });

  test("end when the server stops", async () => {
    const events = await open();
    await events.next("campaigns");
    await untilAsleep(clock, 1);
    closing.abort();
    await expect(events.next("runs")).rejects.toThrow("the stream ended");
    expect(clock.sleeping()).toBe(0);
  });

  test("are refused for more than can be watched, with the place", async () => {
    const many = Array.from({ length: 9 }, (_, index) => `run=r${index}`).join("&");
    const answer = await liveRoutes(app, server).onError(answerFault).request(`/?${many}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { code: "bad-request", message: expect.stringContaining("run") },
    });
  });
});

/** Lets the loops go on until so many sleep, which is when they have said what there was. */
function untilAsleep(clock: { sleeping(): number }, count: number): Promise<void> {
  return until(() => clock.sleeping() === count);
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn > 100_000) throw new Error("it never came");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
