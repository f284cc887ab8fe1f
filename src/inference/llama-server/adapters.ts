/**
 * Adapters of a llama-server. They are loaded at its start; a request names the scale of each. One that names none gets every adapter in
 * full, and an unknown id is ignored without a word, so every request carries the whole list. Pure.
 */
import type { LoraAdapters } from "./wire.ts";

export type LoraScales = { id: number; scale: number }[];

/** The scale of every adapter: one for the chosen, nought for the others; all nought for the base model. */
export function loraScales(loaded: LoraAdapters, chosen: number | undefined): LoraScales {
  return loaded.map(({ id }) => ({ id, scale: id === chosen ? 1 : 0 }));
}

/** The id of the adapter whose file or folder carries the content hash, as every adapter of automem does; `undefined` if none does. */
export function findAdapter(loaded: LoraAdapters, hash: string): number | undefined {
  return loaded.find(({ path }) => path.includes(hash))?.id;
}
