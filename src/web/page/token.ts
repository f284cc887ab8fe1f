/** The token that the server's address had when it was opened: kept for this tab, and taken out of the address, which people pass on. */

const kept = "automem-token";

export function takeToken(): void {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  sessionStorage.setItem(kept, given);
  history.replaceState(null, "", location.pathname + location.search);
}

export function authorization(): Record<string, string> {
  const token = sessionStorage.getItem(kept);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** True if work can be begun and stopped from this tab. */
export function mayChange(): boolean {
  return sessionStorage.getItem(kept) !== null;
}
