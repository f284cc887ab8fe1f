/** The fields of Ollama's answers that are used. Source: github.com/ollama/ollama, `api/types.go`. */
import * as v from "valibot";

const Count = v.nullish(v.number());

export const ChatChunk = v.object({
  message: v.nullish(
    v.object({
      content: v.nullish(v.string()),
      /** Whole calls, in one chunk or several. */
      tool_calls: v.nullish(
        v.array(v.object({ function: v.nullish(v.object({ name: v.nullish(v.string()), arguments: v.unknown() })) })),
      ),
    }),
  ),
  done: v.nullish(v.boolean()),
  done_reason: v.nullish(v.string()),
  /** Tokens of the prompt, cached ones included. */
  prompt_eval_count: Count,
  eval_count: Count,
});
export type ChatChunk = v.InferOutput<typeof ChatChunk>;

const Text = v.nullish(v.string());

/** What a model is; all that a model derived from it takes over. */
export const ShownModel = v.object({
  model_info: v.nullish(v.record(v.string(), v.unknown())),
  /** Names the files by their hashes. */
  modelfile: Text,
  /** A line for each: name and value. */
  parameters: Text,
  template: Text,
  system: Text,
  license: Text,
  renderer: Text,
  parser: Text,
  requires: Text,
  messages: v.nullish(v.array(v.object({ role: v.string(), content: v.string() }))),
});
export type ShownModel = v.InferOutput<typeof ShownModel>;

export const ListedModels = v.object({
  models: v.array(v.object({ name: v.string(), digest: v.nullish(v.string()) })),
});
export type ListedModels = v.InferOutput<typeof ListedModels>;

export const RunningModels = v.object({ models: v.array(v.object({ name: v.string() })) });

/** A whole reply with the likeliest tokens at each place. */
export const LikelyReply = v.object({
  logprobs: v.nullish(
    v.array(
      v.object({
        top_logprobs: v.nullish(
          v.array(v.object({ token: v.string(), bytes: v.nullish(v.array(v.number())), logprob: v.number() })),
        ),
      }),
    ),
  ),
});
export type LikelyReply = v.InferOutput<typeof LikelyReply>;

export const ServerVersion = v.object({ version: v.string() });

/** The context a model was trained on; `undefined` where the file does not say. */
export function trainedContext(shown: ShownModel): number | undefined {
  const entry = Object.entries(shown.model_info ?? {}).find(([key]) => key.endsWith(".context_length"));
  return typeof entry?.[1] === "number" ? entry[1] : undefined;
}

/** A model's digest; a name without a tag means `:latest`. */
export function findDigest(listed: ListedModels, model: string): string | undefined {
  const wanted = model.includes(":") ? model : `${model}:latest`;
  return listed.models.find(({ name }) => name === wanted)?.digest ?? undefined;
}
