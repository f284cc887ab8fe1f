/** Takes what a trainer made into the store as an adapter, once its files were looked through as those of an import are. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AdapterBase, peftConfigFile, peftWeightsFile } from "../../core/adapter.ts";
import { TrainerError } from "../../core/errors.ts";
import { type Hash, hashBytes } from "../../core/hash.ts";
import type { TrainResult } from "../../core/trainer.ts";
import { readGgufLora } from "../../inference/adapters/gguf-lora.ts";
import { readPeftFolder } from "../../inference/adapters/peft-folder.ts";
import { checkSameWeights } from "../../inference/adapters/same-weights.ts";
import { type KeptAdapter, putAdapter } from "../../store/adapters.ts";
import type { Store } from "../../store/store.ts";

/**
 * `base` is what serves it. Doing it twice is harmless. Throws what the readers of its files throw, `ConfigError` `other-adapter` for a GGUF that was
 * not made of the folder, and `TrainerError` `adapter-changed` for files that are not as the trainer said.
 */
export async function keepTrained(
  store: Store,
  { adapter, gguf }: Pick<TrainResult, "adapter" | "gguf">,
  base: AdapterBase,
  parents: { dataset: Hash; recipe: Hash },
): Promise<KeptAdapter> {
  const peft = await readPeftFolder(adapter.folder);
  for (const name of [peftConfigFile, peftWeightsFile] as const) {
    const said = adapter.files.find(({ path }) => path === name)?.sha256;
    checkHash(join(adapter.folder, name), said, peft.files[name]);
  }
  const common = { base, ...peft.shape, peft: peft.files, parents };
  if (gguf === null) return putAdapter(store, common);
  await readGgufLora(gguf.path);
  await checkSameWeights(peft, gguf.path);
  const bytes = await readFile(gguf.path);
  checkHash(gguf.path, gguf.sha256, bytes);
  return putAdapter(store, { ...common, gguf: bytes });
}

function checkHash(path: string, said: Hash | undefined, bytes: Uint8Array): void {
  const found = hashBytes(bytes);
  if (found === said) return;
  throw new TrainerError(
    `${path} has SHA-256 ${found}, and the trainer said ${said ?? "nothing of it"}: it was changed, or the trainer is at fault. Train again.`,
    { code: "adapter-changed", data: { path } },
  );
}
