/** How one kind of server speaks, for the suite of faults: its answers, good and bad, as bytes on a loopback socket. */
import type { ProviderDeps } from "../../../src/inference/settings.ts";
import type { FakeServer } from "../../inference/support.ts";
import { streamed } from "../../inference/support.ts";

export type Request = FakeServer["requests"][number];

export interface Dialect {
  provider: string;
  /** The name of the model `m` of a server at this address. */
  modelAt(url: string): string;
  env?: ProviderDeps["env"];
  /** Default 0. */
  temperature?: number;
  isChat(request: Request): boolean;
  /** Answers what is asked beside the chat: lists, properties, token counts. */
  page(request: Request): Response;
  /** As `page`, of a server that has another model. */
  otherModel(request: Request): Response;
  /** A whole reply. */
  reply(pieces: readonly string[]): Response;
  /** A whole reply with tool calls, arguments in pieces where the server sends pieces; absent where the provider has none. */
  toolReply?(text: string, calls: readonly DialectCall[]): Response;
  /** What a request says of tools, results and the cache, told in one form. */
  readTools?(body: unknown): ToolsSent;
  /** A whole reply of no tokens. */
  emptyReply(): Response;
  /** Ends without its end mark. */
  cut(pieces: readonly string[]): Response;
  /** Never ends. */
  stalled(pieces: readonly string[]): Response;
  /** Has a line in its stream that should be JSON. */
  malformed(): Response;
  /** An end with neither content nor tokens. */
  nothing(): Response;
  /** An error in the middle of a stream. */
  brokenInside(pieces: readonly string[]): Response;
  error(status: number, message: string, headers?: Record<string, string>): Response;
  /** The server's own refusal of a prompt of 9,000 tokens, with a context of 2,048. */
  overflow(): Response;
}

export interface DialectCall {
  id: string;
  name: string;
  /** JSON, or what is meant to be. */
  arguments: string;
}

export interface ToolsSent {
  /** Names, with the names of their parameters. */
  tools: Record<string, string[]>;
  calls: { name: string; arguments: unknown }[];
  results: string[];
}

export function eventStream(events: readonly string[], open = false): Response {
  return streamed(events, { contentType: "text/event-stream", open });
}

export function data(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export function notHere(): Response {
  return new Response("not here", { status: 404 });
}
