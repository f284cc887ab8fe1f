/** The server as the tab knows it: whether it answers, whether it is still the one that the tab was opened with, and whether the tab may change something. */
import { signal } from "@preact/signals";
import { awaySince } from "./away.ts";
import { answerOf, api } from "./client.ts";
import { authorization, forgetToken, takeToken, token } from "./token.ts";

/** What a server says of itself when one begins to listen. */
export interface Hello {
  /** Names one start of it. */
  instance: string;
  version: string;
}

/** Counts up each time the server is there again: what was asked for meanwhile is asked for again. */
export const comebacks = signal(0);
/** Set where the server is of another version than the page. */
export const newVersion = signal<string | undefined>(undefined);
/** True where the tab had the token of a server that was stopped since. */
export const tokenOver = signal(false);

let known: Hello | undefined;

/** A stream of events was opened. */
export function heardHello(hello: Hello): void {
  const before = known;
  known = hello;
  if (before !== undefined && before.version !== hello.version) newVersion.value = hello.version;
  if (before?.instance !== hello.instance) checkToken();
  if (awaySince.value === undefined) return;
  awaySince.value = undefined;
  comebacks.value += 1;
}

/** The address that the server prints may be opened in a tab that is there already: it differs in what follows the # alone. */
export function followTokens(): void {
  takeToken();
  addEventListener("hashchange", () => {
    takeToken();
    checkToken();
  });
}

function checkToken(): void {
  if (token.value === undefined) return;
  answerOf(api.access.$get({}, { headers: authorization() })).then(
    ({ mayChange }) => {
      tokenOver.value = !mayChange;
      if (!mayChange) forgetToken();
    },
    // Who could not be asked is asked again with the next hello.
    () => {
      known = undefined;
    },
  );
}
