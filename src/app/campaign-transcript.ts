/** What a reviewer, a decider or a selector said while it worked on one revision or trial, for people: the lines its campaign keeps. */
import * as v from "valibot";
import { ConfigError } from "../core/errors.ts";
import type { CampaignLogView } from "../store/campaign-log.ts";
import type { App } from "./app.ts";
import type { OpenCampaign } from "./campaigns.ts";
import { isEvolve } from "./evolve/campaigns.ts";

export interface TranscriptPart {
  /** `review`, `decision`, `selection`. */
  title: string;
  /** JSON values in the order in which they came; what they hold depends on who spoke. */
  lines: unknown[];
}

const ReviewEnded = v.object({ kind: v.string(), revision: v.optional(v.string()) });
const Decided = v.object({ transcript: v.optional(v.array(v.unknown()), []) });
const Answered = v.object({ answer: v.unknown() });

/**
 * Parts that have lines; empty for one who asks nobody, as the decider `grid`. Throws `ConfigError` `no-such-transcript` where the campaign has
 * no such revision or trial, `StoreError`.
 */
export async function campaignTranscript(app: App, campaign: OpenCampaign, key: string): Promise<TranscriptPart[]> {
  const store = await app.store();
  const log = await store.campaigns.viewLog(campaign.id);
  const first = isEvolve(campaign) ? `review/${key}` : `decide/${key}`;
  const known = log.names().some((name) => name === first || name.startsWith(`${first}/`));
  if (!known) {
    throw new ConfigError(`Campaign ${campaign.id} has no revision or trial "${key}".`, { code: "no-such-transcript" });
  }
  const parts = isEvolve(campaign)
    ? [{ title: "review", lines: await reviewLines(app, log, key) }]
    : [
        { title: "decision", lines: (await log.get(first, Decided))?.transcript ?? [] },
        { title: "selection", lines: await selectionLines(log, key) },
      ];
  return parts.filter(({ lines }) => lines.length > 0);
}

/** Of a review that gave a revision, what its record keeps; else the turns in the log. */
async function reviewLines(app: App, log: CampaignLogView, key: string): Promise<unknown[]> {
  const { records, blobs } = await app.store();
  const end = await log.get(`review/${key}`, ReviewEnded);
  if (end?.revision !== undefined) {
    const { transcript } = await records.get(end.revision, "automem.revision/1");
    const text = await blobs.getText(transcript);
    return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as unknown]));
  }
  return linesBelow(log, `review/${key}/`);
}

/** What was looked for, then the answer to each batch of turns. */
async function selectionLines(log: CampaignLogView, key: string): Promise<unknown[]> {
  const lines: unknown[] = [];
  for (const name of log.names().filter((name) => name.startsWith(`select/${key}/`))) {
    lines.push({ asked: name.slice(`select/${key}/`.length), answer: (await log.get(name, Answered))?.answer });
  }
  return lines;
}

async function linesBelow(log: CampaignLogView, prefix: string): Promise<unknown[]> {
  const lines: unknown[] = [];
  for (const name of log.names().filter((name) => name.startsWith(prefix))) {
    lines.push({ step: name.slice(prefix.length), kept: await log.get(name, v.unknown()) });
  }
  return lines;
}
