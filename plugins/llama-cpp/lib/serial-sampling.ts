/**
 * Has a context sample one token at a time. Where a batch holds a piece of several replies, node-llama-cpp samples for all of them at once, each
 * in a thread of its own; but the first look at a batch's results puts them in order (`llama_context::output_reorder`), which is no work for two
 * threads: rows were mixed up, and replies got words of one another. Seen with node-llama-cpp 3.21.1 from three replies at once.
 */
import type { LlamaContext } from "node-llama-cpp";

/** What is used of the context's inner side, which node-llama-cpp does not publish. */
interface Sampling {
  sampleToken(...given: unknown[]): Promise<unknown>;
}

/** Throws `TypeError` where a version of node-llama-cpp has no such thing: better no engine than a wrong one. */
export function sampleOneByOne(context: LlamaContext): void {
  const inner = (context as unknown as { _ctx?: Partial<Sampling> })._ctx;
  if (typeof inner?.sampleToken !== "function") {
    throw new TypeError("node-llama-cpp samples in another way than this plugin knows; use the version in bun.lock");
  }
  const sample = inner.sampleToken.bind(inner);
  let last: Promise<unknown> = Promise.resolve();
  // The binding's own cannot be written over, only hidden.
  Object.defineProperty(inner, "sampleToken", {
    value: (...given: unknown[]) => {
      const next = last.then(() => sample(...given));
      last = next.catch(() => undefined);
      return next;
    },
  });
}
