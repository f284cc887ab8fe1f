/**
 * Adapters as files that a server can read: `AUTOMEM_HOME/adapters/NAME/adapter.gguf` and `.../NAME/peft/`. The path carries the name, so
 * other weights never lie under it. The folder can be deleted; what is there is looked at before it is used.
 */
import { join } from "node:path";
import { type AdapterRecord, peftConfigFile, peftWeightsFile } from "../../core/adapter.ts";
import type { AdapterFiles, AdapterForm } from "../../core/adapter-loader.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { hashFile } from "../../inference/model-files/hash-file.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import type { App } from "../app.ts";

/** The adapter's files in that form. Throws `ConfigError` `adapter-form` where the store does not have it; `StoreError`. */
export async function placeAdapter(app: App, adapter: AdapterRecord, form: AdapterForm): Promise<AdapterFiles> {
  const folder = join(app.home.folder, "adapters", adapter.name);
  if (form === "gguf") {
    if (adapter.gguf === undefined) throw missingForm(adapter, "a GGUF LoRA, which this model's server needs");
    const path = join(folder, "adapter.gguf");
    await placeBlob(app, adapter.gguf, path);
    return { hash: adapter.name, path, sha256: adapter.gguf };
  }
  if (adapter.peft === undefined) throw missingForm(adapter, "a PEFT folder, which this model's server needs");
  const path = join(folder, "peft");
  for (const file of [peftConfigFile, peftWeightsFile] as const) {
    await placeBlob(app, adapter.peft[file], join(path, file));
  }
  return { hash: adapter.name, path };
}

/** Writes a blob to a file unless the file has that content. */
async function placeBlob(app: App, blob: Hash, path: string): Promise<void> {
  if ((await hashFile(path).catch(() => undefined)) === blob) return;
  await writeAtomic(path, await (await app.store()).blobs.get(blob));
}

function missingForm(adapter: AdapterRecord, what: string): ConfigError {
  const has = adapter.gguf === undefined ? "a PEFT folder" : "a GGUF";
  return new ConfigError(
    `Adapter ${adapter.name.slice(0, 12)} came as ${has} alone; there is no ${what}. Import the folder with --gguf FILE.`,
    { code: "adapter-form", data: { adapter: adapter.name } },
  );
}
