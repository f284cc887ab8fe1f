/** Runs a campaign of the ring in a folder of its own, in memory where the system has such a place: these tests sync thousands of times. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTrainCampaign, type TrainOutcome } from "../../../src/train/campaign/train-campaign.ts";
import { type RingOptions, type RingTraining, ringTraining } from "./support.ts";

const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "automem-train-"));
let made = 0;

export function freshFolder(): string {
  return join(root, String(made++));
}

export function removeRoot(): void {
  rmSync(root, { recursive: true, force: true });
}

/** What is told of it stays readable; log and store are closed. */
export async function whole(folder: string, options: RingOptions): Promise<TrainOutcome & { parts: RingTraining }> {
  const parts = await ringTraining(folder, options);
  try {
    return { parts, ...(await runTrainCampaign(parts)) };
  } finally {
    await parts.log.close();
    parts.store.close();
  }
}
