/** The adapters of the store, for commands and for what plays with them. */
import type { AdapterRecord } from "../../core/adapter.ts";
import { findAdapter, type KeptAdapter, listAdapters } from "../../store/adapters.ts";
import type { App } from "../app.ts";

/** All adapters, in order of their names. */
export async function allAdapters(app: App): Promise<AdapterRecord[]> {
  return listAdapters(await app.store());
}

/** One by its name or the beginning of it. Throws `ConfigError`: `unknown-adapter`, `ambiguous-adapter`. */
export async function adapterNamed(app: App, named: string): Promise<KeptAdapter> {
  return findAdapter(await app.store(), named);
}
