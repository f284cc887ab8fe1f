/** What changes on the server while one looks: a number for each kind of thing, which counts up. */
import { signal } from "@preact/signals";

/** Count of changes; views ask again when theirs changes. */
export const changes = { runs: signal(0), campaigns: signal(0) };
/** False while the server is away. */
export const connected = signal(true);

/** The browser tries again by itself after the server was away. */
export function follow(): void {
  const events = new EventSource("/api/live");
  for (const name of ["runs", "campaigns"] as const) {
    events.addEventListener(name, () => {
      changes[name].value += 1;
    });
  }
  events.onopen = () => {
    connected.value = true;
  };
  events.onerror = () => {
    connected.value = false;
  };
}
