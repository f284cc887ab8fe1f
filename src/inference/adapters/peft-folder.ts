/** A LoRA adapter as PEFT writes it: a folder with its configuration and its weights. Layout: huggingface/peft, `docs/source/developer_guides/checkpoint.md`. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type AdapterShape, peftConfigFile, peftWeightsFile } from "../../core/adapter.ts";
import { ConfigError } from "../../core/errors.ts";
import { readSafetensors, type SafetensorsTensor } from "./safetensors.ts";

const LARGEST_CONFIG_BYTES = 1_000_000;
const LARGEST_WEIGHTS_BYTES = 2_000_000_000;
const MOST_RANK = 4096;

/** The fields that decide what the weights mean; PEFT writes many more. */
const PeftConfig = v.object({
  peft_type: v.literal("LORA", "only LoRA is known"),
  r: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_RANK)),
  lora_alpha: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  use_rslora: v.nullish(v.boolean()),
  // These change what is computed, and no server here knows them.
  use_dora: v.nullish(v.literal(false, "DoRA is not supported")),
  bias: v.nullish(v.literal("none", "trained biases are not supported")),
  modules_to_save: v.nullish(v.pipe(v.array(v.string()), v.maxLength(0, "modules saved in full are not supported"))),
  rank_pattern: v.nullish(v.record(v.string(), v.number())),
  alpha_pattern: v.nullish(v.pipe(v.record(v.string(), v.number()), v.maxEntries(0, "alpha_pattern is not supported"))),
});
export type PeftConfig = v.InferOutput<typeof PeftConfig>;

/** One adapted module: `B * A` is added to its weight, scaled by alpha / rank. */
export interface LoraPair {
  /** `model.layers.0.self_attn.q_proj`. */
  module: string;
  /** [rank, in]. */
  a: SafetensorsTensor;
  /** [out, rank]. */
  b: SafetensorsTensor;
}

export interface PeftAdapter {
  shape: AdapterShape;
  config: PeftConfig;
  pairs: LoraPair[];
  files: { [peftConfigFile]: Uint8Array; [peftWeightsFile]: Uint8Array };
  /** Files of the folder that are no part of an adapter. */
  leftOut: string[];
}

/**
 * Reads and checks a folder. Throws `ConfigError`: `no-adapter` (files missing), `bad-adapter-config`, `bad-safetensors`, `bad-adapter`
 * (tensors that are no whole LoRA).
 */
export async function readPeftFolder(folder: string): Promise<PeftAdapter> {
  const present = (await readdir(folder)).sort();
  for (const file of [peftConfigFile, peftWeightsFile]) {
    if (present.includes(file)) continue;
    const pickled = present.some((name) => name.endsWith(".bin"))
      ? " Files ending in .bin can run code and are not read: save the adapter again with safe_serialization=True."
      : "";
    throw new ConfigError(`${folder} has no ${file}, so it is no adapter folder of PEFT.${pickled}`, {
      code: "no-adapter",
    });
  }
  const configBytes = await readBounded(join(folder, peftConfigFile), LARGEST_CONFIG_BYTES);
  const weights = await readBounded(join(folder, peftWeightsFile), LARGEST_WEIGHTS_BYTES);
  const config = parsePeftConfig(configBytes, join(folder, peftConfigFile));
  const pairs = pairTensors(readSafetensors(weights, join(folder, peftWeightsFile)), folder);
  const dtypes = new Set(pairs.flatMap(({ a, b }) => [a.dtype, b.dtype]));
  const shape = {
    rank: Math.max(...pairs.map(({ a }) => a.shape[0] as number)),
    alpha: config.lora_alpha,
    targetModules: [...new Set(pairs.map(({ module }) => module.split(".").at(-1) as string))].sort(),
    dtype: [...dtypes].sort().join("+"),
  };
  checkRanks(pairs, config, folder);
  return {
    shape,
    config,
    pairs,
    files: { [peftConfigFile]: configBytes, [peftWeightsFile]: weights },
    leftOut: present.filter((name) => name !== peftConfigFile && name !== peftWeightsFile),
  };
}

/** Throws `ConfigError` `bad-adapter-config` with the field. */
export function parsePeftConfig(bytes: Uint8Array, path: string): PeftConfig {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ConfigError(`${path} is not JSON. Write the adapter again.`, { code: "bad-adapter-config", cause });
  }
  const parsed = v.safeParse(PeftConfig, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new ConfigError(
    `${path}: ${v.getDotPath(issue) ?? "it"}: ${issue.message}. Train a plain LoRA, or merge this one into its base.`,
    { code: "bad-adapter-config" },
  );
}

/** Pairs A and B of each module, in order of names. Throws `ConfigError` `bad-adapter` for what is no pair. */
export function pairTensors(tensors: readonly SafetensorsTensor[], where: string): LoraPair[] {
  const halves = new Map<string, Partial<Record<"A" | "B", SafetensorsTensor>>>();
  for (const tensor of tensors) {
    const found = /^base_model\.model\.([A-Za-z0-9_.]+)\.lora_([AB])(?:\.default)?\.weight$/.exec(tensor.name);
    if (found === null) throw badAdapter(where, `tensor ${tensor.name} is not the A or B of a linear module`);
    const [, module, half] = found as unknown as [string, string, "A" | "B"];
    halves.set(module, { ...halves.get(module), [half]: tensor });
  }
  if (halves.size === 0) throw badAdapter(where, "it has no tensors");
  return [...halves]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, { A: a, B: b }]) => {
      if (a === undefined || b === undefined) throw badAdapter(where, `module ${module} has only one of A and B`);
      const fits = a.shape.length === 2 && b.shape.length === 2 && a.shape[0] === b.shape[1];
      if (!fits || [...a.shape, ...b.shape].includes(0)) {
        throw badAdapter(where, `module ${module} has A of shape [${a.shape}] and B of shape [${b.shape}]`);
      }
      return { module, a, b };
    });
}

function checkRanks(pairs: readonly LoraPair[], { r, rank_pattern }: PeftConfig, folder: string): void {
  if (!isEmpty(rank_pattern ?? {})) return;
  const odd = pairs.find(({ a }) => a.shape[0] !== r);
  if (odd === undefined) return;
  throw badAdapter(folder, `module ${odd.module} has rank ${odd.a.shape[0]} and ${peftConfigFile} says ${r}`);
}

async function readBounded(path: string, mostBytes: number): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > mostBytes) throw badAdapter(path, `it has ${size} bytes, more than ${mostBytes}`);
  return readFile(path);
}

function badAdapter(where: string, why: string): ConfigError {
  return new ConfigError(`${where} is no LoRA adapter that can be used: ${why}.`, { code: "bad-adapter" });
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
