/** A base and an adapter as one GGUF, made by the trainer plugin, which has the library that reads every kind of quantised tensor. */
import type { AdapterRecord } from "../../core/adapter.ts";
import { AutomemError, ConfigError } from "../../core/errors.ts";
import type { MergeResult } from "../../core/trainer.ts";
import type { StoredModel } from "../../inference/model-files/record.ts";
import { openTrainer } from "../../plugins/open.ts";
import type { TrainerClient } from "../../plugins/trainer-client.ts";
import type { App } from "../app.ts";
import { modelFiles } from "../models.ts";
import { placeAdapter } from "./place.ts";

const TRAINER = "trl";
/** Of a base of many gigabytes: read, added to, written, hashed. */
const MERGE_TIMEOUT_MS = 4 * 3_600_000;

/**
 * Writes `out`, whole or not at all. Throws `ConfigError`: `no-base-weights` where the base is not on this machine as a GGUF, `plugin-missing`
 * without the trainer plugin, `adapter-form` without a GGUF of the adapter; `TrainerError`: `bad-base`, `bad-adapter`.
 */
export async function mergeAdapter(
  app: App,
  adapter: AdapterRecord,
  out: string,
  signal?: AbortSignal,
): Promise<MergeResult> {
  const base = await baseWeights(app, adapter);
  const { path } = await placeAdapter(app, adapter, "gguf");
  const trainer = await startTrainer(app);
  try {
    return await trainer.merge({ base: base.path, adapter: path, out }, { timeoutMs: MERGE_TIMEOUT_MS, signal });
  } catch (fault) {
    if (!(fault instanceof AutomemError) || fault.code !== "method-not-found") throw fault;
    throw new ConfigError(
      `The installed trainer plugin "${TRAINER}" ${trainer.ready.version} does not merge. Install this automem's: automem plugin add ${TRAINER}.`,
      { code: "plugin-missing", cause: fault },
    );
  } finally {
    await trainer.close();
  }
}

/** The base in the model store: of the digest that the adapter names, or, where it names none, of its name. */
async function baseWeights(app: App, { name, base }: AdapterRecord): Promise<StoredModel> {
  const { models } = await modelFiles(app).list();
  const found = models.find((model) =>
    base.digest === undefined ? `llama-cpp:${model.name}` === base.model : model.sha256 === base.digest,
  );
  if (found !== undefined) return found;
  const weights = base.digest === undefined ? "" : `, weights ${base.digest.slice(0, 12)}`;
  throw new ConfigError(
    `Adapter ${name.slice(0, 12)} is for ${base.model}${weights}, which is not in the model store, so there is nothing to merge it into. Bring that GGUF: automem model add. Of a base in another form the PEFT folder can be merged by PEFT (merge_and_unload): --format peft.`,
    { code: "no-base-weights", data: { adapter: name } },
  );
}

async function startTrainer(app: App): Promise<TrainerClient> {
  try {
    return await openTrainer(app.registry, TRAINER, { automemVersion: app.version, environment: app.environment });
  } catch (fault) {
    if (!(fault instanceof AutomemError) || fault.code !== "plugin-missing") throw fault;
    throw new ConfigError(
      `Merging is done by the trainer plugin "${TRAINER}", which is not installed. Install it: automem plugin add ${TRAINER}. Without it: --format gguf or ollama, for programs that load adapters.`,
      { code: "plugin-missing", cause: fault },
    );
  }
}
