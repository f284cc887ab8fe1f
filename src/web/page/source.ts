/** Where the page has its answers from: the server that it came from, or the files of a static copy. Set once, before anything is shown. */
import type { CopyAbout } from "../../app/copy/about.ts";
import type { EpisodePlace } from "./steps.ts";

export interface Source {
  /** As `fetch` does, for addresses below `/api`. */
  ask(address: string, init?: RequestInit): Promise<Response>;
  /** Address of the game's picture of a step, or why there is none. */
  picture(place: EpisodePlace, step: number): Promise<{ address: string } | { why: string }>;
  /** Of a static copy. */
  copy: CopyAbout | undefined;
}

const server: Source = {
  ask: (address, init) => fetch(address, init),
  picture: async ({ run, episode }, step) => ({ address: `/api/runs/${run}/episodes/${episode}/pictures/${step}` }),
  copy: undefined,
};

let present = server;

export function source(): Source {
  return present;
}

export function takeFrom(chosen: Source): void {
  present = chosen;
}
