/** The token that the server's address had when it was opened: kept for this tab, and taken out of the address, which people pass on. */
import { signal } from "@preact/signals";

const kept = "automem-token";

/** `undefined`: this tab may look only. */
export const token = signal<string | undefined>(sessionStorage.getItem(kept) ?? undefined);

export function takeToken(): void {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  sessionStorage.setItem(kept, given);
  token.value = given;
  history.replaceState(null, "", location.pathname + location.search);
}

/** It is that of a server that was stopped. */
export function forgetToken(): void {
  sessionStorage.removeItem(kept);
  token.value = undefined;
}

export function authorization(): Record<string, string> {
  return token.value === undefined ? {} : { authorization: `Bearer ${token.value}` };
}

/** True if work can be begun and stopped from this tab. */
export function mayChange(): boolean {
  return token.value !== undefined;
}
