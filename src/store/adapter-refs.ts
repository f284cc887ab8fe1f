/** Where an adapter's record is found by the adapter's name: a ref `adapters/NAME`. Records name adapters by their names, for those never change. */
import type { Hash } from "../core/hash.ts";
import type { RefStore } from "./refs.ts";

const folder = "adapters/";

export function adapterRef(name: Hash): string {
  return folder + name;
}

/** The adapter that a ref is for; `undefined` for other refs. */
export function adapterOfRef(ref: string): Hash | undefined {
  return ref.startsWith(folder) ? ref.slice(folder.length) : undefined;
}

/** Names of all adapters, in order. */
export async function adapterNames(refs: RefStore): Promise<Hash[]> {
  return (await refs.names()).flatMap((ref) => adapterOfRef(ref) ?? []);
}
