/** Who plays in the screenshots: replies by rule, so that the same pictures come out again. They see what a model sees, and nothing else. */

const done = "<|DONE|>";
const note = (file: string, text: string) => `<|APPEND|>${file}|${text}<|END|>${done}`;
const act = (...names: string[]) => names.map((name) => `<|ACTION|>${name}<|END|>`);

interface Rule {
  phase: "log" | "plan";
  turn?: number;
  match?: string;
  reply: string | string[];
  cycle: true;
}

/** Writes down what it sees and what worked. */
const keeping: Rule[] = [
  {
    phase: "log",
    turn: 0,
    match: "wood_pickaxe: 1",
    reply: note("plan.md", "pickaxe in hand: look for stone"),
    cycle: true,
  },
  {
    phase: "log",
    turn: 0,
    match: "You face tree",
    reply: note("world.md", "tree in front: Do gives wood"),
    cycle: true,
  },
  {
    phase: "log",
    turn: 0,
    match: "water \\d+ steps?",
    reply: note("world.md", "water is near, drink here"),
    cycle: true,
  },
  { phase: "log", turn: 0, match: "cow \\d+ steps?", reply: note("world.md", "a cow grazes here"), cycle: true },
  { phase: "log", reply: done, cycle: true },
];

/** Crafter: goes to trees, makes a table and tools of their wood, drinks, eats, and wanders otherwise. */
const playing: Rule[] = [
  rule("You face water(?=[\\s\\S]*drink: [0-7]/9)", ...act("Do")),
  rule("You face cow", ...act("Do")),
  rule("wood: [2-9](?![\\s\\S]*wood_pickaxe)[\\s\\S]*", ...act("Make Wood Pickaxe", "Place Table", "Do")),
  rule("wood: [1-9](?=[\\s\\S]*wood_pickaxe)(?![\\s\\S]*wood_sword)", ...act("Make Wood Sword", "Do", "Move East")),
  rule("You face stone(?=[\\s\\S]*wood_pickaxe)", ...act("Do")),
  rule("You face tree", ...act("Do")),
  rule("sapling: 1(?=[\\s\\S]*You have)", ...act("Place Sapling")),
  rule("tree \\d+ steps? to your north-west", ...act("Move North", "Move West")),
  rule("tree \\d+ steps? to your north-east", ...act("Move North", "Move East")),
  rule("tree \\d+ steps? to your south-west", ...act("Move South", "Move West")),
  rule("tree \\d+ steps? to your south-east", ...act("Move South", "Move East")),
  rule("tree \\d+ steps? to your north", ...act("Move North")),
  rule("tree \\d+ steps? to your south", ...act("Move South")),
  rule("tree \\d+ steps? to your west", ...act("Move West")),
  rule("tree \\d+ steps? to your east", ...act("Move East")),
  rule("", ...act("Move East", "Move East", "Move South", "Do", "Move East", "Move North")),
];

/** Looks its notes up before some actions. */
const lookingUp: Rule[] = [
  { phase: "plan", turn: 0, match: "energy: [0-8]/9", reply: "<|SEARCH|>world.md|water<|END|>", cycle: true },
  {
    phase: "plan",
    turn: 0,
    match: "You face (grass|sand|path)(?=[\\s\\S]*sapling)",
    reply: "<|TAIL|>plan.md|3<|END|>",
    cycle: true,
  },
  { phase: "plan", turn: 1, reply: act("Move South", "Move West", "Do", "Move South", "Move East"), cycle: true },
];

export const crafterPlayers = {
  keeps: script([...keeping, ...lookingUp, ...playing]),
  forgets: script([{ phase: "log", reply: done, cycle: true }, ...playing]),
};

function script(rules: readonly Rule[]): object {
  return { schema: "automem.script/1", rules };
}

function rule(match: string, ...reply: string[]): Rule {
  return { phase: "plan", ...(match === "" ? {} : { match }), reply, cycle: true };
}
