/** How the page asks the server. Addresses and answers are typed by the API's own routes. */
import { hc } from "hono/client";
import type { Api } from "../api/api.ts";
import { heardNothing } from "./away.ts";
import { source } from "./source.ts";

const client = hc<Api>("/api", {
  fetch: (address: string | URL | Request, init?: RequestInit) => source().ask(String(address), init),
});
export const api = client;

/** What the server said it could not do. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The JSON of an answer. Throws `Refused` for an answer that is an error, or none at all. */
export async function answerOf<Body>(asked: Promise<{ ok: boolean; json(): Promise<Body> }>): Promise<Body> {
  let response: { ok: boolean; json(): Promise<Body> };
  try {
    response = await asked;
  } catch (cause) {
    // Who asked does not want it any more.
    if (cause instanceof Error && cause.name === "AbortError") throw cause;
    heardNothing();
    throw new Refused("unreachable", "automem does not answer. Is it still running? Start it again: automem ui");
  }
  if (response.ok) return response.json();
  const { error } = (await response.json()) as unknown as { error: { code: string; message: string } };
  throw new Refused(error.code, error.message);
}
