/**
 * Looks whether an adapter that was loaded is the one that answers: it differs from the base, and nothing that was read under one answers
 * under the other. The directed sequence is "a prompt under the base, another under the adapter, the first under the adapter", on one cache
 * key with caches on: random mixes of calls do not find what it finds. Measurements: docs/models.md.
 */
import type { ChatMessage, ChatModel, NextToken } from "../../core/chat-model.ts";
import { ProviderError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";

/** Answers at least so far apart differ, if they are also further apart than three times what the caches themselves cost. */
export const leastApart = 0.02;
/** Answers at most so far apart are the same, if they are also nearer than half of base and adapter: warm and cold caches differ in low bits. */
export const mostMixed = 0.1;
/** The same for greedy texts, where a near tie parts all that follows. */
export const mostMixedText = 0.5;

const COUNT = 20;
const TEXT_TOKENS = 24;
const CALL_TIMEOUT_MS = 300_000;

export interface Verification {
  /** `greedy-text` where the provider tells no probabilities. */
  method: "log-probabilities" | "greedy-text";
  /** Distances are in [0, 1]: `tokenDistance` or `textDistance`. The greatest between base and adapter. */
  apart: number;
  /** The greatest between an answer before the sequence and after it. */
  mixed: number;
  /** The same after a sequence under the adapter alone: what the caches themselves cost. */
  control: number;
}

/** An answer to one prompt, of which only distances are of interest. */
interface Answers<T> {
  ask(prompt: string, adapter: Hash | undefined): Promise<T>;
  distance(one: T, other: T): number;
  method: Verification["method"];
}

/**
 * A dozen small calls. `nonce` must be new for each call, so that no cache holds the prompts yet.
 * Throws `ProviderError` `adapter-unverified` that says which check failed, and what the calls throw.
 */
export async function verifyAdapter(
  model: ChatModel,
  hash: Hash,
  nonce: string = crypto.randomUUID(),
): Promise<Verification> {
  const verification =
    model.nextTokens === undefined
      ? await look(byText(model, nonce), hash, nonce)
      : await look(byProbabilities(model, nonce), hash, nonce);
  const fault = judge(verification);
  if (fault === undefined) return verification;
  throw new ProviderError(
    `${model.identity.name}: adapter ${hash.slice(0, 12)} ${fault}. Compared by ${verification.method}: base and adapter ${show(verification.apart)} apart, after the sequence ${show(verification.mixed)}, control ${show(verification.control)}, of 1.`,
    { code: "adapter-unverified", data: { adapter: hash, ...verification } },
  );
}

/** What is wrong; `undefined` if nothing is. Pure. */
export function judge({ method, apart, mixed, control }: Verification): string | undefined {
  if (apart < leastApart || apart <= 3 * control) {
    return "answers as the base does: it was not loaded, or it learned nothing. Load it again, and look at its weights";
  }
  if (mixed > Math.min(method === "greedy-text" ? mostMixedText : mostMixed, apart / 2)) {
    return "is mixed up with the base by the server's caches. Turn off those that do not know adapters (llama-server: --cache-ram 0)";
  }
  return undefined;
}

async function look<T>({ ask, distance, method }: Answers<T>, hash: Hash, nonce: string): Promise<Verification> {
  const [first, other, third, fourth, warm] = prompts(nonce);
  // Prompts share the head of the chat template; with it in the cache every answer below is made alike.
  await ask(warm, undefined);
  const base = await ask(other, undefined);
  await ask(warm, hash);
  const cold = await ask(first, hash);
  const firstBase = await ask(first, undefined);
  const otherAdapter = await ask(other, hash);
  const after = await ask(first, hash);
  const baseAfter = await ask(other, undefined);
  const coldThird = await ask(third, hash);
  await ask(fourth, hash);
  return {
    method,
    apart: Math.max(distance(cold, firstBase), distance(otherAdapter, base)),
    mixed: Math.max(distance(cold, after), distance(base, baseAfter)),
    control: distance(coldThird, await ask(third, hash)),
  };
}

function byProbabilities(model: ChatModel, nonce: string): Answers<NextToken[]> {
  return {
    ask: (prompt, adapter) =>
      model.nextTokens!(user(prompt), {
        count: COUNT,
        cacheKey: `verify/${nonce}`,
        adapter,
        timeoutMs: CALL_TIMEOUT_MS,
      }),
    distance: tokenDistance,
    method: "log-probabilities",
  };
}

function byText(model: ChatModel, nonce: string): Answers<string> {
  const sampling = { temperature: 0, maxTokens: TEXT_TOKENS };
  return {
    ask: async (prompt, adapter) =>
      (await model.chat(user(prompt), { sampling, cacheKey: `verify/${nonce}`, adapter, timeoutMs: CALL_TIMEOUT_MS }))
        .text,
    distance: textDistance,
    method: "greedy-text",
  };
}

/**
 * Half the sum of differences in probability (total variation) over the tokens of both lists; a token that one list has not counts as nought
 * there. 0 for equal answers, 1 for those with nothing in common. Pure, symmetric.
 */
export function tokenDistance(one: readonly NextToken[], other: readonly NextToken[]): number {
  const [a, b] = [one, other].map(
    (list) => new Map(list.map(({ token, logProbability }) => [token, Math.exp(logProbability)])),
  ) as [Map<string, number>, Map<string, number>];
  const tokens = new Set([...a.keys(), ...b.keys()]);
  const sum = [...tokens].reduce((total, token) => total + Math.abs((a.get(token) ?? 0) - (b.get(token) ?? 0)), 0);
  return Math.min(1, sum / 2);
}

/** Share of the shorter text that is not the same from the beginning: 0 for equal beginnings, 1 for none. Pure, symmetric. */
export function textDistance(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  if (length === 0) return one === other ? 0 : 1;
  let shared = 0;
  while (shared < length && one[shared] === other[shared]) shared += 1;
  return 1 - shared / length;
}

/** Long enough to be worth keeping in a cache, unlike from the first words on, and never seen before. */
function prompts(nonce: string): [string, string, string, string, string] {
  const text = (opening: string, line: string) =>
    `${opening} (${nonce}). ${line.repeat(4)}\nWhat do you write down, and why?`;
  return [
    text("The well", "The door is north of the well. "),
    text("A wolf", "A wolf waits east of the tower. "),
    text("Seven ships", "The keeper counts seven ships before the storm. "),
    text("A candle", "A candle burns for three hours, a lamp for nine. "),
    text("Bread", "Bread needs flour, water, salt and time. "),
  ];
}

function user(content: string): ChatMessage[] {
  return [{ role: "user", content }];
}

function show(value: number): string {
  return value.toFixed(3);
}
