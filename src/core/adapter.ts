/**
 * LoRA adapters as immutable records: which weights, for which base, and where they came from. An adapter's name is the hash of its content,
 * everywhere and for ever; servers, folders and records know it by that name. Source of the rule: measurements, docs/models.md.
 */
import * as v from "valibot";
import { Hash, hashJson } from "./hash.ts";

/** The two files of PEFT that make an adapter. Source: huggingface/peft, `src/peft/utils/constants.py`. */
export const peftConfigFile = "adapter_config.json";
export const peftWeightsFile = "adapter_model.safetensors";

/** What the files themselves say. */
export const AdapterShape = v.strictObject({
  /** The largest, where modules differ. */
  rank: v.pipe(v.number(), v.integer(), v.minValue(1)),
  alpha: v.number(),
  /** Names of the adapted modules as their file has them, sorted: `q_proj`, or `attn_q` in a GGUF. */
  targetModules: v.pipe(v.array(v.string()), v.minLength(1)),
  /** Of the weights: `F32`, `F16`, `BF16`; several are joined by `+`. */
  dtype: v.string(),
});
export type AdapterShape = v.InferOutput<typeof AdapterShape>;

/** The weights that an adapter was made for. */
export const AdapterBase = v.strictObject({
  /** As the user names it: `llama-cpp:smollm2-135m`. */
  model: v.string(),
  /** SHA-256 of the base's weights where they are known. */
  digest: v.optional(v.string()),
});
export type AdapterBase = v.InferOutput<typeof AdapterBase>;

/** What the name stands for; at least one of them. */
export interface AdapterContent {
  /** Hashes of the PEFT folder's files. */
  peft?: { [peftConfigFile]: Hash; [peftWeightsFile]: Hash } | undefined;
  /** SHA-256 of the GGUF LoRA. */
  gguf?: Hash | undefined;
}

export const AdapterRecord = v.pipe(
  v.strictObject({
    schema: v.literal("automem.adapter/1"),
    /** `adapterName` of what is below: what it is served as. */
    name: Hash,
    base: AdapterBase,
    ...AdapterShape.entries,
    /** Blobs of the PEFT folder's files, by name; absent for one that came as a GGUF alone. */
    peft: v.optional(v.strictObject({ [peftConfigFile]: Hash, [peftWeightsFile]: Hash })),
    /** Blob of the GGUF LoRA, where there is one. The blob's hash is the file's SHA-256. */
    gguf: v.optional(Hash),
    /** Records that it was made from. */
    parents: v.optional(v.strictObject({ dataset: v.optional(Hash), recipe: v.optional(Hash) })),
  }),
  v.check(({ peft, gguf }) => peft !== undefined || gguf !== undefined, "an adapter has PEFT files, a GGUF, or both"),
  v.check((record) => record.name === nameIfWhole(record), "the name is not the hash of the content"),
);
export type AdapterRecord = v.InferOutput<typeof AdapterRecord>;

/** The name: hash of the PEFT weights and configuration; of an adapter that came as a GGUF alone, that file's SHA-256. */
export function adapterName({ peft, gguf }: AdapterContent): Hash {
  if (peft !== undefined) return hashJson(peft);
  if (gguf !== undefined) return gguf;
  throw new Error("an adapter without content has no name");
}

function nameIfWhole(content: AdapterContent): Hash | undefined {
  return content.peft === undefined && content.gguf === undefined ? undefined : adapterName(content);
}
