/** What campaigns were doing, for those who look at them: of each, only what was added since the last look is read. */
import { existsSync } from "node:fs";
import * as v from "valibot";
import { StoreError } from "../../core/errors.ts";
import { LineFollower } from "../../store/line-follower.ts";
import type { App } from "../app.ts";
import { ActivityLine } from "./lines.ts";

/** Campaigns whose lines are held. */
const heldCampaigns = 8;

interface Held {
  follower: LineFollower;
  lines: ActivityLine[];
}

export class ActivityReaders {
  readonly #app: App;
  /** By campaign, in order of use. */
  readonly #held = new Map<string, Held>();

  constructor(app: App) {
    this.#app = app;
  }

  /** All lines so far; empty if there are none. A line of another automem, of a kind unknown here, is left out. Throws `StoreError`. */
  async read(campaign: string): Promise<readonly ActivityLine[]> {
    const path = (await this.#app.store()).campaigns.activityPath(campaign);
    if (!existsSync(path)) return [];
    const held = this.#held.get(campaign) ?? { follower: new LineFollower(path), lines: [] };
    this.#held.delete(campaign);
    this.#held.set(campaign, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > heldCampaigns && oldest !== undefined) this.#held.delete(oldest);
    try {
      const { texts, begun } = held.follower.read();
      if (begun) held.lines = [];
      for (const text of texts) {
        const line = v.safeParse(v.pipe(v.string(), v.parseJson(), ActivityLine), text);
        if (line.success) held.lines.push(line.output);
      }
    } catch (fault) {
      // A crash of the machine can leave what was never synced unreadable; the next one who works on the campaign cuts it off.
      if (!(fault instanceof StoreError && fault.code === "damaged-journal")) throw fault;
    }
    return held.lines;
  }
}
