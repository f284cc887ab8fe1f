/**
 * What changes while people look: the state of the store, and how far each thing has come that someone watches. Each is looked at once, however
 * many watch it, and not at all once nobody does.
 */
import { ConfigError } from "../../core/errors.ts";
import type { ActivityReaders } from "../activity/readers.ts";
import type { App } from "../app.ts";
import { episodeOf, findTarget } from "../inspect.ts";
import { findRun } from "../runs.ts";
import { type StoreState, storeState } from "../web/store-state.ts";
import { type EpisodeNow, type RunNow, RunWatch } from "./run-watch.ts";
import { SharedLook } from "./shared-look.ts";

/** `playing`: all runs that are played now. */
export type TopicKind = "episode" | "run" | "playing" | "campaign";

/** What someone watches; `name` is `RUN/EPISODE`, a run, nothing, or a campaign. */
export interface Topic {
  kind: TopicKind;
  name: string;
}

export type TopicNow =
  | { kind: "episode"; name: string; episode: EpisodeNow; heldBy: number | undefined }
  | { kind: "run"; name: string; run: RunNow }
  | { kind: "playing"; name: string; playing: { id: string; steps: number; states: string }[] }
  /** How many lines its activity has. */
  | { kind: "campaign"; name: string; lines: number; heldBy: number | undefined };

/** Someone who watches a topic, until they leave. */
export interface Watcher {
  now(): Promise<TopicNow>;
  leave(): void;
}

const storeEveryMs = 1_000;
const topicEveryMs = 500;

export class LiveLooks {
  readonly #app: App;
  readonly #activity: ActivityReaders;
  readonly #store: SharedLook<StoreState>;
  readonly #watched = new Map<string, { look: SharedLook<TopicNow>; watchers: number }>();

  constructor(app: App, activity: ActivityReaders) {
    this.#app = app;
    this.#activity = activity;
    this.#store = new SharedLook(() => storeState(app), { clock: app.clock, everyMs: storeEveryMs });
  }

  /** How many topics are watched. */
  get watched(): number {
    return this.#watched.size;
  }

  store(): Promise<StoreState> {
    return this.#store.now();
  }

  /** What a topic is named after is found at its first look; `now` throws `ConfigError` where there is no such thing. */
  watch(topic: Topic): Watcher {
    const key = `${topic.kind} ${topic.name}`;
    const watched = this.#watched.get(key) ?? {
      look: new SharedLook(lookAt(this.#app, this.#activity, topic), { clock: this.#app.clock, everyMs: topicEveryMs }),
      watchers: 0,
    };
    watched.watchers += 1;
    this.#watched.set(key, watched);
    let watching = true;
    return {
      now: () => watched.look.now(),
      leave: () => {
        if (!watching) return;
        watching = false;
        watched.watchers -= 1;
        if (watched.watchers === 0) this.#watched.delete(key);
      },
    };
  }
}

/** A look that finds what it looks at once. */
function lookAt(app: App, activity: ActivityReaders, { kind, name }: Topic): () => Promise<TopicNow> {
  if (kind === "episode") {
    const found = once(async () => {
      const target = await findTarget(app, name);
      return { target, key: episodeOf(target).key, watch: new RunWatch(await app.store(), target.run, app.clock) };
    });
    return async () => {
      const { target, key, watch } = await found();
      return { kind, name, episode: await watch.episode(key), heldBy: target.run.folder.holder()?.pid };
    };
  }
  if (kind === "run") {
    const found = once(async () => new RunWatch(await app.store(), await findRun(app, name), app.clock));
    return async () => ({ kind, name, run: await (await found()).look() });
  }
  if (kind === "playing") return playedRuns(app);
  return async () => {
    const { campaigns } = await app.store();
    if ((await campaigns.peekFile(name)) === undefined) {
      throw new ConfigError(`There is no campaign "${name}".`, { code: "unknown-campaign" });
    }
    return { kind, name, lines: (await activity.read(name)).length, heldBy: campaigns.holder(name)?.pid };
  };
}

function playedRuns(app: App): () => Promise<TopicNow> {
  const watches = new Map<string, RunWatch>();
  return async () => {
    const store = await app.store();
    const playing: { id: string; steps: number; states: string }[] = [];
    for (const { id, planned, finished, problem } of await store.catalogue.listRuns()) {
      const played = problem === null && finished < planned && store.runs.folder(id).holder() !== undefined;
      if (!played) watches.delete(id);
      else {
        const watch = watches.get(id) ?? new RunWatch(store, await store.runs.open(id), app.clock);
        watches.set(id, watch);
        const now = await watch.look();
        playing.push({ id, steps: now.playing.reduce((sum, { steps }) => sum + steps, 0), states: now.states });
      }
    }
    return { kind: "playing", name: "", playing };
  };
}

/** Made at the first call; again after a failure. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= make().catch((fault) => {
      made = undefined;
      throw fault;
    });
    return made;
  };
}
