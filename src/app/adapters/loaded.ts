/** What the server of a model has of adapters. */
import type { AdapterRecord } from "../../core/adapter.ts";
import type { AdapterLoader } from "../../core/adapter-loader.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { listAdapters } from "../../store/adapters.ts";
import type { App } from "../app.ts";
import { openRunModel } from "../models.ts";

export interface LoadedAdapter {
  name: Hash;
  isStored: boolean;
}

/** In order of their names. Throws `ConfigError` `no-adapters`, and what opening the model throws. */
export async function loadedAdapters(app: App, model: string): Promise<LoadedAdapter[]> {
  const stored = new Set((await listAdapters(await app.store())).map(({ name }) => name));
  const names = await withLoader(app, model, (loader) => loader.loaded());
  return names.map((name) => ({ name, isStored: stored.has(name) }));
}

/** Takes an adapter out of the server; one that is not there is no fault. Throws as `loadedAdapters`. */
export async function unloadAdapter(app: App, model: string, { name }: AdapterRecord): Promise<void> {
  await withLoader(app, model, (loader) => loader.unload(name));
}

async function withLoader<Result>(
  app: App,
  named: string,
  work: (loader: AdapterLoader) => Promise<Result>,
): Promise<Result> {
  const model = await openRunModel(app, { model: named, parallel: 1 });
  try {
    if (model.adapters !== undefined) return await work(model.adapters);
    throw new ConfigError(`${model.identity.name} cannot load or unload adapters while it runs.`, {
      code: "no-adapters",
    });
  } finally {
    await model.close();
  }
}
