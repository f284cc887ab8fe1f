/**
 * What changes while one looks, as server-sent events: that the lists changed, and how far each thing has come that the asker watches. Nothing
 * else is handed on, and each thing is looked at once for all who watch it.
 */
import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import type { App } from "../../app/app.ts";
import type { LiveLooks, Topic, Watcher } from "../../app/live/live-looks.ts";
import { AutomemError } from "../../core/errors.ts";
import { valid } from "./valid.ts";

const lookEveryMs = 500;
/** Proxies and browsers let go of what says nothing. */
const sayEveryMs = 15_000;
/** Until the browser tries again when the server went away. */
const retryMs = 1_500;

const Names = v.pipe(
  v.optional(v.union([v.string(), v.array(v.string())]), []),
  v.transform((said) => (typeof said === "string" ? [said] : said)),
  v.array(v.pipe(v.string(), v.maxLength(300))),
  v.maxLength(8),
);
const LiveQuery = v.object({
  /** `RUN/EPISODE`. */
  episode: Names,
  run: Names,
  campaign: Names,
  /** Any value: all runs that are played now. */
  playing: v.optional(v.string()),
});

export interface LiveServer {
  looks: LiveLooks;
  /** Names this start of the server. */
  instance: string;
  /** Aborted when it stops. */
  closed: AbortSignal;
}

export function liveRoutes(app: App, server: LiveServer) {
  return new Hono().get(
    "/",
    describeRoute({
      summary:
        "Events `hello`, `runs` and `campaigns` whenever something of them changed (the data is another text then), and those of what is watched: `episode`, `run`, `playing`, `campaign`",
      tags: ["live"],
    }),
    valid("query", LiveQuery),
    (context) => {
      const topics = topicsOf(context.req.valid("query"));
      return streamSSE(context, async (stream) => {
        const left = new AbortController();
        stream.onAbort(() => left.abort());
        const watchers = topics.map((topic) => ({ topic, watcher: server.looks.watch(topic) }));
        try {
          await tell(app, server, stream, watchers, AbortSignal.any([left.signal, server.closed]));
        } finally {
          for (const { watcher } of watchers) watcher.leave();
        }
      });
    },
  );
}

function topicsOf({ episode, run, campaign, playing }: v.InferOutput<typeof LiveQuery>): Topic[] {
  return [
    ...episode.map((name): Topic => ({ kind: "episode", name })),
    ...run.map((name): Topic => ({ kind: "run", name })),
    ...campaign.map((name): Topic => ({ kind: "campaign", name })),
    ...(playing === undefined ? [] : [{ kind: "playing", name: "" } as const]),
  ];
}

interface Watching {
  topic: Topic;
  watcher: Watcher;
}

/** Until the asker leaves, or the server stops. */
async function tell(
  { clock, version }: App,
  { looks, instance }: LiveServer,
  stream: SSEStreamingApi,
  watchers: readonly Watching[],
  signal: AbortSignal,
): Promise<void> {
  const said = new Map<string, string>();
  let saidMs = clock.monotonicMs();
  const say = async (event: string, name: string, data: string) => {
    if (signal.aborted || said.get(`${event} ${name}`) === data) return;
    said.set(`${event} ${name}`, data);
    saidMs = clock.monotonicMs();
    await stream.writeSSE({ event, data });
  };
  await stream.write(`retry: ${retryMs}\n\n`);
  await say("hello", "", JSON.stringify({ instance, version }));
  while (!signal.aborted) {
    for (const [event, text] of Object.entries(await storeNews(looks))) await say(event, "", text);
    for (const { topic, watcher } of watchers) await say(topic.kind, topic.name, await newsOf(topic, watcher));
    if (clock.monotonicMs() - saidMs > sayEveryMs) {
      saidMs = clock.monotonicMs();
      await stream.write(": still here\n\n");
    }
    await rest(clock, signal);
  }
}

/** A store that cannot be read changed too: whoever asks for what is in it is told why. */
async function storeNews(looks: LiveLooks): Promise<Record<"runs" | "campaigns", string>> {
  try {
    const { runs, campaigns } = await looks.store();
    return { runs: Bun.hash(runs).toString(36), campaigns: Bun.hash(campaigns).toString(36) };
  } catch (fault) {
    if (!(fault instanceof AutomemError)) throw fault;
    return { runs: fault.code, campaigns: fault.code };
  }
}

/** What cannot be looked at is told once; whoever asks for it by itself is told why as well. */
async function newsOf({ kind, name }: Topic, watcher: Watcher): Promise<string> {
  try {
    return JSON.stringify(await watcher.now());
  } catch (fault) {
    if (!(fault instanceof AutomemError)) throw fault;
    return JSON.stringify({ kind, name, problem: fault.message });
  }
}

async function rest(clock: App["clock"], signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(lookEveryMs, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}
