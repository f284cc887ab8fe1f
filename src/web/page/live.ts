/**
 * What changes on the server while one looks. One stream of events for the whole tab: that lists changed, and how far each thing has come that a
 * view watches. While nobody sees the tab there is none: browsers grant few at a time.
 */
import { type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Topic, TopicNow } from "../../app/live/live-looks.ts";
import { awaySince, heardNothing } from "./away.ts";
import { type Hello, heardHello } from "./server.ts";

/** Count of changes; views ask again when theirs changes. */
export const changes = { runs: signal(0), campaigns: signal(0) };

type News<Kind> = Extract<TopicNow, { kind: Kind }>;

interface Watched {
  topic: Topic;
  views: number;
  now: Signal<TopicNow | undefined>;
}

const watched = new Map<string, Watched>();
/** Of the lists, as last said: another text means that they changed. */
const lists = new Map<string, string>();
/** After a refusal; a server that is away is tried again by the browser itself. */
const againMs = 2_000;

/** False in a static copy, which no server stands behind. */
let following = false;
let events: EventSource | undefined;
let address = "";
let again: ReturnType<typeof setTimeout> | undefined;

/** To be called once. */
export function follow(): void {
  following = true;
  document.addEventListener("visibilitychange", connect);
  // Where an answer did not come while the stream seems to stand, the stream is opened anew: it tells when the server is there again.
  awaySince.subscribe((since) => {
    if (since !== undefined && events?.readyState === EventSource.OPEN) reconnect();
  });
  connect();
}

/** What a thing that this view watches has come to, while it is shown; `undefined` until something was said, or with no name. */
export function useWatch<Kind extends Topic["kind"]>(kind: Kind, name: string | undefined): News<Kind> | undefined {
  const key = `${kind} ${name ?? ""}`;
  useEffect(() => {
    if (name === undefined) return undefined;
    const one = watchedBy(key, { kind, name });
    one.views += 1;
    connectSoon();
    return () => {
      one.views -= 1;
      if (one.views === 0) watched.delete(key);
      connectSoon();
    };
  }, [key]);
  if (name === undefined) return undefined;
  const now = watchedBy(key, { kind, name }).now.value;
  // What cannot be looked at has a problem in its place; the view's own question says which.
  return now === undefined || "problem" in now ? undefined : (now as News<Kind>);
}

function watchedBy(key: string, topic: Topic): Watched {
  const one = watched.get(key) ?? { topic, views: 0, now: signal(undefined) };
  watched.set(key, one);
  return one;
}

/** Views come and go together when one goes from one to another. */
function connectSoon(): void {
  clearTimeout(again);
  again = setTimeout(connect, 0);
}

function connect(): void {
  if (!following) return;
  clearTimeout(again);
  const wanted = document.visibilityState === "hidden" ? "" : addressOf();
  if (wanted === address && events?.readyState !== EventSource.CLOSED) return;
  events?.close();
  events = undefined;
  address = wanted;
  if (wanted === "") return;
  const opened = new EventSource(wanted);
  events = opened;
  opened.addEventListener("hello", ({ data }) => heardHello(JSON.parse(data) as Hello));
  for (const name of ["runs", "campaigns"] as const) {
    opened.addEventListener(name, ({ data }) => {
      if (lists.has(name) && lists.get(name) !== data) changes[name].value += 1;
      lists.set(name, data);
    });
  }
  for (const kind of ["episode", "run", "playing", "campaign"] as const) {
    opened.addEventListener(kind, ({ data }) => {
      const now = JSON.parse(data) as TopicNow;
      const one = watched.get(`${now.kind} ${now.name}`);
      if (one !== undefined) one.now.value = now;
    });
  }
  opened.onerror = () => {
    if (events !== opened) return;
    heardNothing();
    if (opened.readyState !== EventSource.CLOSED) return;
    clearTimeout(again);
    again = setTimeout(connect, againMs);
  };
}

function reconnect(): void {
  events?.close();
  events = undefined;
  address = "";
  connect();
}

function addressOf(): string {
  const query = new URLSearchParams();
  for (const { topic, views } of watched.values()) {
    if (views === 0) continue;
    if (topic.kind === "playing") query.append("playing", "1");
    else query.append(topic.kind, topic.name);
  }
  query.sort();
  const said = query.toString();
  return said === "" ? "/api/live" : `/api/live?${said}`;
}
