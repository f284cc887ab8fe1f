/** The likeliest tokens of a reply as Ollama tells them. Pure. */
import type { NextToken } from "../../core/chat-model.ts";
import type { LikelyReply } from "./wire.ts";

/** The first version whose chat has `logprobs`; earlier ones leave it out without a word. */
const FIRST = [0, 12, 11] as const;

/** Of a server of this version; one that was built without a version (0.0.0) is taken for a new one. */
export function tellsProbabilities(version: string): boolean {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return false;
  const numbers = [Number(major), Number(minor), Number(patch)];
  if (numbers.every((number) => number === 0)) return true;
  const place = FIRST.findIndex((number, index) => number !== numbers[index]);
  return place === -1 || numbers[place]! > FIRST[place]!;
}

/** `undefined` where the reply tells of no token. A token is named by its bytes, since several may have one broken character as their text. */
export function toNextTokens({ logprobs }: LikelyReply): NextToken[] | undefined {
  return logprobs?.[0]?.top_logprobs?.map(({ token, bytes, logprob }) => ({
    token: bytes == null ? token : Buffer.from(bytes).toString("hex"),
    logProbability: logprob,
  }));
}
