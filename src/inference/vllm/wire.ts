/** The fields of vLLM's own endpoints that are used. Source: vllm-project/vllm, `vllm/entrypoints/openai/` and `docs/features/lora.md`. */
import * as v from "valibot";

export const Version = v.object({ version: v.string() });

export const Tokenized = v.object({ count: v.number() });

/** The list of routes; the adapter calls are there only if the server allows them. */
export const OpenApi = v.object({ paths: v.record(v.string(), v.unknown()) });

/** An adapter's entry names its base in `parent`. */
export const ServedModels = v.object({ data: v.array(v.object({ id: v.string(), parent: v.nullish(v.string()) })) });
export type ServedModels = v.InferOutput<typeof ServedModels>;

/** What `logprobs` adds to a reply: the likeliest tokens for each one generated, known by their text. */
export const Likeliest = v.object({
  choices: v.pipe(
    v.array(
      v.object({
        logprobs: v.object({
          content: v.pipe(
            v.array(v.object({ top_logprobs: v.array(v.object({ token: v.string(), logprob: v.number() })) })),
            v.minLength(1),
          ),
        }),
      }),
    ),
    v.minLength(1),
  ),
});
