/** Names of the data files of a static copy, without `data/` and `.js`: whoever writes them and the page that reads them ask here. Pure. */

/** Parts of addresses that are names of folders and files as they are, on every system. */
const plain = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** Items of a dataset in a file. */
export const itemsPerFile = 50;

export const aboutFile = "about";
export const runsFile = "runs";

/** Of the answer to a path below `/api` that asks for one thing; `undefined` for one that no file can be called after. */
export function answerFile(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.every((part) => plain.test(part)) ? `answers/${parts.join("/")}` : undefined;
}

export function comparedFile(run: string): string {
  return `compared/${run}`;
}

/** Of a scaffold of a campaign, from which the page tells what changed between any two. */
export function scaffoldFile(campaign: string, key: string): string {
  return `scaffolds/${campaign}/${key}`;
}

export function itemsFile(dataset: string, item: number): string {
  return `items/${dataset}/${Math.floor(item / itemsPerFile)}`;
}

/** Of all items of a dataset, or all that was set aside: a line for each. */
export function turnsFile(dataset: string, show: "items" | "set-aside"): string {
  return `turns/${dataset}/${show}`;
}

/** Files of one episode. */
export function episodeFiles(run: string, key: string) {
  const folder = `episodes/${run}/${key}`;
  return {
    trace: `${folder}/trace`,
    segment: (segment: number) => `${folder}/segment-${segment}`,
    pack: (pack: number) => `${folder}/columns-${pack}`,
    level: (level: number) => `${folder}/whole-${level}`,
    /** With its ending, below `data/`. */
    picture: (step: number) => `${folder}/pictures/${step}.png`,
  };
}
