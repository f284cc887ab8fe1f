/** `automem adapter import`: takes an adapter from outside into the store, once its files were looked through. */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { AdapterBase } from "../../core/adapter.ts";
import { ConfigError } from "../../core/errors.ts";
import { parseModelName } from "../../core/model-name.ts";
import { type GgufLora, readGgufLora } from "../../inference/adapters/gguf-lora.ts";
import { readPeftFolder } from "../../inference/adapters/peft-folder.ts";
import { checkSameWeights } from "../../inference/adapters/same-weights.ts";
import type { StoredModel } from "../../inference/model-files/record.ts";
import { type KeptAdapter, type NewAdapter, putAdapter } from "../../store/adapters.ts";
import type { App } from "../app.ts";
import { modelFiles } from "../models.ts";

const LARGEST_GGUF_BYTES = 2_000_000_000;

export interface AdapterImport {
  /** A PEFT folder, or a GGUF LoRA. */
  path: string;
  /** The model it was made for: a model's name, or the name of one on this machine alone. */
  base: string;
  /** For a folder: its GGUF LoRA, where one was made already. */
  gguf?: string | undefined;
  parents?: NewAdapter["parents"];
}

export interface ImportedAdapter extends KeptAdapter {
  /** Files of the folder that are no part of an adapter. */
  leftOut: string[];
}

/**
 * Keeps an adapter. Throws `ConfigError`: `no-adapter`, `bad-adapter` and what else a reader of its form throws; `unknown-model` for a base
 * that should be on this machine and is not; `wrong-base` for one of another architecture; `other-adapter` for a GGUF that was not made of the
 * folder; `adapter-differs`.
 */
export async function importAdapter(app: App, given: AdapterImport): Promise<ImportedAdapter> {
  const path = resolve(given.path);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new ConfigError(`There is no file or folder ${path}.`, { code: "no-adapter" });
  }
  const { base, stored } = await findBase(app, given.base);
  const store = await app.store();
  const parents = given.parents === undefined ? {} : { parents: given.parents };
  if (!found.isDirectory()) {
    const { shape, gguf } = await takeGguf(path, stored);
    return { ...(await putAdapter(store, { base, ...shape, gguf, ...parents })), leftOut: [] };
  }
  const peft = await readPeftFolder(path);
  const gguf = given.gguf === undefined ? undefined : await takeGguf(resolve(given.gguf), stored);
  if (given.gguf !== undefined) await checkSameWeights(peft, resolve(given.gguf));
  const kept = await putAdapter(store, {
    base,
    ...peft.shape,
    peft: peft.files,
    ...(gguf === undefined ? {} : { gguf: gguf.gguf }),
    ...parents,
  });
  return { ...kept, leftOut: peft.leftOut };
}

async function takeGguf(path: string, base: StoredModel | undefined): Promise<GgufLora & { gguf: Uint8Array }> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size === 0 || size > LARGEST_GGUF_BYTES) {
    throw new ConfigError(`${path} is no adapter: it is missing, empty or larger than ${LARGEST_GGUF_BYTES} bytes.`, {
      code: "no-adapter",
    });
  }
  const lora = await readGgufLora(path);
  if (base !== undefined && base.gguf.architecture !== lora.architecture) {
    throw new ConfigError(
      `${path} is for models of architecture ${lora.architecture}; ${base.name} is ${base.gguf.architecture}. Name the base it was made for.`,
      { code: "wrong-base" },
    );
  }
  return { ...lora, gguf: await readFile(path) };
}

/** The base by its full name, with its digest where its weights are here. */
async function findBase(app: App, named: string): Promise<{ base: AdapterBase; stored?: StoredModel }> {
  const text = named.includes(":") ? named : `llama-cpp:${named}`;
  const name = parseModelName(text);
  if (name.provider !== "llama-cpp") return { base: { model: name.text } };
  const stored = await modelFiles(app).find(name.model);
  if (stored === undefined) {
    throw new ConfigError(
      `There is no model "${name.model}" on this machine. automem model list shows what is there.`,
      {
        code: "unknown-model",
      },
    );
  }
  return { base: { model: name.text, digest: stored.sha256 }, stored };
}
