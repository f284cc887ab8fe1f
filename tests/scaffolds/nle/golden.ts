/** The golden episodes of the NetHack family as recorded observations; see tests/fixtures/golden/SOURCE.md. */
import { join } from "node:path";

export interface GoldenStep {
  /** -1 after reset. */
  t: number;
  /** What the game played before this observation; absent after reset. */
  executed: string | undefined;
  observation: { long: string; short: string };
  /** NLE's bottom-line figures, all zero once the game has ended. */
  blstats: number[];
  reward: number;
}

export interface GoldenEpisode {
  path: string;
  game: "minihack" | "nethack";
  task: string;
  seed: number;
  actions: string[];
  defaultAction: string;
  steps: GoldenStep[];
}

/** Places of NLE's bottom-line figures. */
export const blstat = {
  x: 0,
  y: 1,
  hp: 10,
  hpMax: 11,
  depth: 12,
  gold: 13,
  power: 14,
  powerMax: 15,
  armourClass: 16,
  experienceLevel: 18,
  experiencePoints: 19,
  turn: 20,
  hunger: 21,
  burden: 22,
  conditions: 25,
} as const;

const folder = join(import.meta.dir, "..", "..", "fixtures", "golden");
const families = ["minihack", "nethack", "balrog-tree/minihack", "balrog-tree/nle", "boxoban-synthetic"];

/** The paths of all episodes of the family, in order of name. */
export async function goldenPaths(): Promise<string[]> {
  const paths: string[] = [];
  for (const family of families) {
    for await (const path of new Bun.Glob("**/*.jsonl.gz").scan({ cwd: join(folder, family) })) {
      paths.push(`${family}/${path.replaceAll("\\", "/")}`);
    }
  }
  return paths.sort();
}

export async function goldenEpisode(path: string): Promise<GoldenEpisode> {
  const packed = await Bun.file(join(folder, path)).bytes();
  const entries = new TextDecoder()
    .decode(Bun.gunzipSync(packed))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const meta = entries[0];
  return {
    path,
    game: meta.game === "nle" ? "nethack" : "minihack",
    task: meta.task,
    seed: meta.seed,
    actions: meta.actions,
    defaultAction: meta.default_action ?? "esc",
    steps: entries.filter((entry) => "obs_long" in entry).map(stepOf),
  };
}

export async function goldenEpisodes(): Promise<GoldenEpisode[]> {
  return Promise.all((await goldenPaths()).map(goldenEpisode));
}

/** A line of a golden file that holds an observation. */
interface GoldenLine {
  t: number;
  action: string;
  executed?: string;
  obs_long: string;
  obs_short: string;
  reward?: number;
  info_subset: { blstats: number[] };
}

function stepOf(entry: GoldenLine): GoldenStep {
  return {
    t: entry.t,
    executed: entry.t < 0 ? undefined : (entry.executed ?? entry.action),
    observation: { long: entry.obs_long, short: entry.obs_short },
    blstats: entry.info_subset.blstats,
    reward: entry.reward ?? 0,
  };
}
