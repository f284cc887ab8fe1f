/** How a prompt gets into a sequence: what it holds already is kept, the rest is evaluated. */
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { BatchMember } from "./batch-turns.ts";

/** Prompt tokens evaluated between two looks at the cancel flag. */
const PROMPT_CHUNK_TOKENS = 128;

/**
 * Drops from the sequence all that `prompt` does not begin with. `rest` are the tokens still to be evaluated, at least one.
 * A recurrent model cannot drop its last tokens and evaluates the kept ones anew; those are not counted as cached.
 */
export async function keepCommonPrefix(
  sequence: LlamaContextSequence,
  prompt: Token[],
): Promise<{ rest: Token[]; cachedTokens: number }> {
  const held = sequence.contextTokens;
  const limit = Math.min(held.length, prompt.length - 1);
  let common = 0;
  while (common < limit && held[common] === prompt[common]) common += 1;
  const inputBefore = sequence.tokenMeter.usedInputTokens;
  if (common < held.length) await sequence.eraseContextTokenRanges([{ start: common, end: held.length }]);
  const reevaluated = sequence.tokenMeter.usedInputTokens - inputBefore;
  return { rest: prompt.slice(common), cachedTokens: Math.max(0, common - reevaluated) };
}

/** Evaluates in chunks so that a cancel is seen. Returns the last chunk, to generate from; `undefined` after a cancel. */
export async function evaluateAllButLast(
  sequence: LlamaContextSequence,
  tokens: Token[],
  member: BatchMember,
  isCancelled: () => boolean,
): Promise<Token[] | undefined> {
  let rest = tokens;
  while (!isCancelled()) {
    if (rest.length <= PROMPT_CHUNK_TOKENS) return rest;
    await member.turn();
    await sequence.evaluateWithoutGeneratingNewTokens(rest.slice(0, PROMPT_CHUNK_TOKENS));
    rest = rest.slice(PROMPT_CHUNK_TOKENS);
  }
  return undefined;
}
