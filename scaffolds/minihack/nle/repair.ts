/** From what a model wrote to the name of an action of NetHack or MiniHack. */
import { type EpisodeContext, matchAction } from "automem";

/** Other words for actions. A word is looked up only if no action has that name, and helps only if its target is an action. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  n: ["north"],
  s: ["south"],
  e: ["east"],
  w: ["west"],
  ne: ["northeast"],
  nw: ["northwest"],
  se: ["southeast"],
  sw: ["southwest"],
  up: ["north"],
  down: ["south"],
  left: ["west"],
  right: ["east"],
  noop: ["wait", "search"],
  "no op": ["wait", "search"],
  nothing: ["wait", "search"],
  "do nothing": ["wait", "search"],
  rest: ["wait", "search"],
  stay: ["wait", "search"],
  wait: ["search"],
  drink: ["quaff"],
  attack: ["fight"],
  escape: ["esc"],
  cancel: ["esc"],
  enter: ["more"],
  continue: ["more"],
  descend: ["down"],
  "go down": ["down"],
  "climb down": ["down"],
  ascend: ["up"],
  "go up": ["up"],
  "pick up": ["pickup"],
  get: ["pickup"],
  yes: ["y"],
  no: ["n"],
};

/** Characters of a second part that are kept. */
const longestRest = 40;

export interface Repaired {
  action: string;
  /** What was left of a two-word action: the answer to the question that the game will ask. */
  rest?: string;
}

/** `action` is the cleaned text itself if no action fits. */
export function repair(ctx: EpisodeContext, raw: string): Repaired {
  const wanted = clean(raw);
  const known = find(ctx, wanted) ?? find(ctx, wanted.replace(/^(?:move|go|walk|step|head)[\s_-]+(?:to the )?/i, ""));
  if (known !== undefined) return { action: known };
  const [first = "", ...others] = wanted.split(/[\s_]+/);
  const rest = others.join(" ").replace(/^(?:the|to|at|to the)\s+/i, "");
  const verb = find(ctx, first);
  if (verb === undefined || rest === "") return { action: wanted };
  return { action: verb, rest: find(ctx, rest) ?? rest.slice(0, longestRest) };
}

function find(ctx: EpisodeContext, wanted: string): string | undefined {
  const direct = matchAction(ctx, wanted);
  if (direct !== undefined) return direct;
  const plain = wanted.toLowerCase().replace(/[\s_-]+/g, " ");
  // Where stairs are climbed with "down", "up" means stairs too and not north.
  if (plain === "up" && matchAction(ctx, "down") !== undefined) return undefined;
  for (const word of synonyms[plain] ?? []) {
    const match = matchAction(ctx, word);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** Without quotes, a label in front, and a full stop behind. */
function clean(raw: string): string {
  const inner = raw.trim().replace(/^action\s*:\s*/i, "");
  const bare = inner.replace(/^["'`*([]+|["'`*)\].!,;]+$/g, "").replace(/\s+/g, " ");
  return bare === "" ? inner : bare.trim();
}
