/** Whether the server answers. */
import { signal } from "@preact/signals";

/** When the server was first found to be away, milliseconds since 1970; `undefined` while it answers. */
export const awaySince = signal<number | undefined>(undefined);

/** No answer, or none any more. */
export function heardNothing(): void {
  awaySince.value ??= Date.now();
}
