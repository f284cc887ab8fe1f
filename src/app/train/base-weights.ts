/** The weights that adapters are trained on: named by the user, or those of the model that plays, where they are on this machine. */
import { readdir, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { AdapterBase } from "../../core/adapter.ts";
import type { ChatModel } from "../../core/chat-model.ts";
import { ConfigError } from "../../core/errors.ts";
import { type Hash, hashJson } from "../../core/hash.ts";
import { parseModelName } from "../../core/model-name.ts";
import { hashFile } from "../../inference/model-files/hash-file.ts";
import type { App } from "../app.ts";
import { modelFiles } from "../models.ts";

export interface BaseWeights {
  /** Absolute: a folder of safetensors, or a GGUF file. */
  path: string;
  /** `digest` is the file's SHA-256; of a folder it is as the trainer `trl` has it. */
  base: AdapterBase & { digest: Hash };
}

/**
 * `said` is a path, or nothing. Every byte is read for the digest. Throws `ConfigError`: `no-base-weights` where there are none of the model
 * on this machine, or none at that path.
 */
export async function findBaseWeights(
  app: App,
  model: Pick<ChatModel, "identity" | "adapters">,
  said: string | undefined,
): Promise<BaseWeights> {
  const { name, digest: served } = model.identity;
  if (said === undefined) {
    const path = await weightsOf(app, model);
    return { path, base: { model: name, digest: await hashFile(path) } };
  }
  const path = resolve(said);
  const digest = await digestOf(path);
  const same = digest === served || digest === model.adapters?.baseDigest;
  return { path, base: { model: same ? name : path, digest } };
}

async function weightsOf(app: App, { identity, adapters }: Pick<ChatModel, "identity" | "adapters">): Promise<string> {
  if (identity.provider === "llama-cpp") {
    const stored = await modelFiles(app).find(parseModelName(identity.name).model);
    if (stored !== undefined) return stored.path;
  }
  if (adapters?.weightsFile !== undefined) return adapters.weightsFile();
  throw new ConfigError(
    `The weights of ${identity.name} cannot be found from here. Name them: --base PATH, a folder of safetensors or a GGUF file of the same model.`,
    { code: "no-base-weights" },
  );
}

async function digestOf(path: string): Promise<Hash> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw noWeights(path, "there is nothing");
  if (found.isDirectory()) return folderDigest(path);
  if (!found.isFile()) throw noWeights(path, "it is neither a file nor a folder");
  return hashFile(path);
}

/** What decides how a folder answers; other files may lie beside. As `_hash` of plugins/sdk-python/automem_sdk/lora/base.py. */
const weightFiles = /\.(safetensors|json|model|jinja|txt)$/;

async function folderDigest(folder: string): Promise<Hash> {
  const entries = await readdir(folder, { recursive: true });
  const paths = entries.map((entry) => entry.split(sep)).sort(byParts);
  const files: { path: string; sha256: Hash; bytes: number }[] = [];
  for (const parts of paths) {
    const path = parts.join("/");
    if (!weightFiles.test(path) || path === "automem-base.json") continue;
    const full = join(folder, ...parts);
    const found = await stat(full);
    if (found.isFile()) {
      files.push({
        path: relative(folder, full).split(sep).join("/"),
        sha256: await hashFile(full),
        bytes: found.size,
      });
    }
  }
  const has = (pattern: RegExp) => files.some(({ path }) => pattern.test(path));
  if (!has(/^config\.json$/) || !has(/^[^/]+\.safetensors$/)) {
    throw noWeights(folder, "it has no config.json with safetensors beside it");
  }
  return hashJson(files);
}

function byParts(one: readonly string[], other: readonly string[]): number {
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    const [a, b] = [one[index] as string, other[index] as string];
    if (a !== b) return a < b ? -1 : 1;
  }
  return one.length - other.length;
}

function noWeights(path: string, why: string): ConfigError {
  return new ConfigError(
    `--base ${path}: ${why}. It must be a folder of safetensors with tokenizer and chat template, or a GGUF file.`,
    { code: "no-base-weights" },
  );
}
