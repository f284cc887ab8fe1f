/** What is done and what comes next: the next step towards the tools, with the nearest resource for it, and up to two easy wins. */
import { lacks } from "./crafting.ts";
import type { Moment } from "./moment.ts";
import { harvests, placements, recipes } from "./rules.ts";
import { isNear, nearest, thingText } from "./sight.ts";
import { held, plain } from "./status.ts";

export interface NextStep {
  /** The achievement it leads to. */
  goal: string;
  text: string;
}

/** The path to the diamond; the rest are easy wins, or come by themselves. */
const path: readonly (readonly [goal: string, action: string])[] = [
  ["place table", "Place Table"],
  ["make wood pickaxe", "Make Wood Pickaxe"],
  ["make wood sword", "Make Wood Sword"],
  ["make stone pickaxe", "Make Stone Pickaxe"],
  ["make stone sword", "Make Stone Sword"],
  ["place furnace", "Place Furnace"],
  ["make iron pickaxe", "Make Iron Pickaxe"],
  ["make iron sword", "Make Iron Sword"],
];

/** The first step of the path that is not done; `undefined` once all are. */
export function nextStep(done: readonly string[], moment: Moment): NextStep | undefined {
  for (const [goal, action] of path) {
    if (!done.includes(goal)) return { goal, text: stepText(action, moment) };
  }
  if (done.includes("collect diamond")) return undefined;
  return { goal: "collect diamond", text: gatherText("diamond", 1, moment) };
}

/** At most two achievements that can be had soon, each as a short instruction. */
export function easyWins(done: readonly string[], moment: Moment): NextStep[] {
  const { status, sight } = moment;
  const wins: NextStep[] = [];
  const offer = (goal: string, holds: boolean, text: string) => {
    if (holds && !done.includes(goal) && wins.length < 2) wins.push({ goal, text });
  };
  const where = (name: string) => {
    const thing = nearest(sight, name);
    return thing === undefined ? `${name} in front of you` : thingText(thing);
  };
  const sees = (name: string) => sight.faced === name || nearest(sight, name) !== undefined;
  offer("collect drink", sees("water"), `drink: ${where("water")}, then Do`);
  offer("place stone", held(status, "stone") > 0, "Place Stone in front of you");
  offer("place plant", held(status, "sapling") > 0, "Place Plant while you face grass");
  offer("eat cow", sees("cow"), `eat: ${where("cow")}, face it and Do until it is gone`);
  const calm = !sees("zombie") && !sees("skeleton") && !sees("arrow");
  offer("wake up", calm && (status.vitals.energy ?? 9) < 9, "Sleep; you wake up when energy is full");
  offer("collect sapling", sees("grass"), "face grass and Do, about ten times (1 in 10 gives a sapling)");
  offer("collect coal", sees("coal") && held(status, "wood_pickaxe") > 0, `mine: ${where("coal")}, then Do`);
  return wins;
}

function stepText(action: string, moment: Moment): string {
  const { status, sight } = moment;
  const uses = recipes[action]?.uses ?? placements[action]?.uses ?? {};
  for (const [item, count] of Object.entries(uses)) {
    if (held(status, item) < count) return `${gatherText(item, count, moment)}, for ${action}`;
  }
  for (const station of recipes[action]?.near ?? []) {
    if (isNear(sight, station) === "yes") continue;
    const thing = nearest(sight, station);
    if (thing !== undefined) return `walk to the ${thingText(thing)}, then ${action}`;
    const cost = placements[station === "table" ? "Place Table" : "Place Furnace"]?.uses ?? {};
    const price = Object.entries(cost).map(([item, count]) => `${count} ${item}`);
    return `go back to your ${station} or place a new one (${price.join(", ")}), for ${action}`;
  }
  const missing = lacks(action, status, sight);
  return missing.length === 0 ? `${action} now` : `${action} needs ${missing.join("; ")}`;
}

/** "get 2 wood (you have 1): tree 3 steps north, then Do" */
function gatherText(item: string, count: number, { status, sight }: Moment): string {
  const source = Object.entries(harvests).find(([, harvest]) => harvest.gives === item);
  const amount = `get ${count} ${plain(item)} (you have ${held(status, item)})`;
  if (source === undefined) return amount;
  const [material, { tool }] = source;
  if (tool !== undefined && held(status, tool) === 0) return `${amount}; that takes a ${plain(tool)} first`;
  if (sight.faced === material) return `${amount}: you face ${material}: Do`;
  const thing = nearest(sight, material);
  return `${amount}: ${thing === undefined ? `no ${material} in sight: explore` : `${thingText(thing)}; face it and Do`}`;
}
