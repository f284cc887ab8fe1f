/** The golden episodes of Crafter as steps; see tests/fixtures/golden/SOURCE.md. */
import { join } from "node:path";

export interface GoldenStep {
  /** -1: after reset. */
  stepIndex: number;
  /** As played; empty after reset. */
  action: string;
  observation: { long: string; short: string };
  progress: number;
  reward: number;
  /** What the game knew; absent after reset. */
  facts?: {
    achievements: Record<string, number>;
    inventory: Record<string, number>;
    player_pos: [x: number, y: number];
    sleeping: boolean;
    dead: boolean;
  };
}

export interface GoldenEpisode {
  name: string;
  actions: string[];
  steps: GoldenStep[];
}

const folder = join(import.meta.dir, "..", "..", "fixtures", "golden", "crafter", "default");

/** All recorded episodes of Crafter. */
export async function goldenEpisodes(): Promise<GoldenEpisode[]> {
  const names = [...new Bun.Glob("*.jsonl.gz").scanSync({ cwd: folder })].sort();
  return Promise.all(names.map(readEpisode));
}

async function readEpisode(name: string): Promise<GoldenEpisode> {
  const packed = await Bun.file(join(folder, name)).bytes();
  const lines = new TextDecoder().decode(Bun.gunzipSync(packed)).trim().split("\n");
  const [meta, ...rest] = lines.map((line) => JSON.parse(line));
  const steps = rest
    .filter((row) => row.kind !== "end")
    .map((row) => ({
      stepIndex: row.t,
      action: row.executed ?? row.action ?? "",
      observation: { long: row.obs_long, short: row.obs_short },
      progress: row.progression,
      reward: row.reward ?? 0,
      ...(row.t < 0 ? {} : { facts: row.info_subset }),
    }));
  return { name, actions: meta.actions, steps };
}
