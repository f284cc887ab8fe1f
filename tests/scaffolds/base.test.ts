/** The base scaffold on recorded observations of the three games. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { GameAction } from "../../src/core/game.ts";
import { type BasePlay, playBase, recorded } from "./base-package.ts";

const crafter = await recorded("crafter");
const boxoban = await recorded("boxoban");
const quest = await recorded("quest");
const nethack = await recorded("nethack");
const memory = { list: () => [], read: () => undefined };

const logOf = ({ session, step }: BasePlay) => session.logPrompt(step, memory);
const planOf = ({ session, step }: BasePlay) => session.planPrompt(step, memory);

describe("prompts on recorded observations", () => {
  for (const [game, observation] of [
    [crafter, "cow"],
    [boxoban, "level"],
    [quest, "start"],
    [nethack, "corridor"],
  ] as const) {
    test(`LOG and PLAN of ${game.task} in ${game.game}`, async () => {
      const play = await playBase(game, observation);
      expect(logOf(play)).toMatchSnapshot();
      expect(planOf(play)).toMatchSnapshot();
    });

    test(`${game.task} in ${game.game} puts what never changes first and the form of the answer last`, async () => {
      const play = await playBase(game, observation);
      const other = { ...play.step, observation: { long: "Another.", short: "" }, stepIndex: 6 };
      const shared = sharedStart(planOf(play), play.session.planPrompt(other, memory));
      expect(shared).toContain("Actions:");
      expect(shared).toContain("<|READ|>");
      expect(planOf(play)).toMatch(/<\|ACTION\|>[^|]+<\|END\|>$/);
      expect(logOf(play)).toMatch(/<\|APPEND\|>[a-z]+\.txt\|[^|]+<\|END\|>\n<\|DONE\|>$/);
    });
  }

  test("LOG and PLAN of Crafter stay under 4,500 characters together", async () => {
    const play = await playBase(crafter, "cow");
    expect(logOf(play).length + planOf(play).length).toBeLessThan(4_500);
  });

  test("the 248 actions of NetHack take under 1,000 characters", async () => {
    const plan = planOf(await playBase(nethack, "corridor"));
    const list = plan.slice(plan.indexOf("Actions:"), plan.indexOf("Memory files:"));
    expect(list.length).toBeLessThan(1_000);
    for (const name of ["far northwest", "turnundead", "a to z", "A to Z", "0 to 9"]) expect(list).toContain(name);
  });

  test("every prompt shows an example of each operation that is open", async () => {
    const play = await playBase(crafter, "cow");
    for (const name of ["READ", "SEARCH", "TAIL", "COUNT", "APPEND", "WRITE", "CREATE", "DONE"]) {
      expect(logOf(play)).toContain(`<|${name}|>`);
    }
    expect(planOf(play)).not.toContain("<|APPEND|>");
  });

  test("a game nobody knows gets its own instruction and one file", async () => {
    const play = await playBase({ ...crafter, game: "chess-like", instruction: "Win." }, "cow");
    expect(planOf(play)).toStartWith("Win.");
    expect(play.files).toEqual({ "notes.txt": "" });
  });
});

describe("seeded files", () => {
  test("Crafter has five empty files", async () => {
    const { files } = await playBase(crafter, "cow");
    expect(Object.keys(files).length).toBe(5);
    expect(Object.values(files).join("")).toBe("");
  });

  test("MiniHack and NetHack have symbols and rules, each under 2,000 characters", async () => {
    for (const game of [quest, nethack]) {
      const { files } = await playBase(game, Object.keys(game.observations)[0]!);
      for (const name of ["symbols.txt", "rules.txt"]) {
        expect(files[name]!.length).toBeGreaterThan(300);
        expect(files[name]!.length).toBeLessThan(2_000);
      }
    }
  });
});

describe("notices", () => {
  test("an observation equal to the last one warns once and twice, and is critical from the third time", async () => {
    for (const [unchangedSteps, word] of [
      [1, "WARNING"],
      [2, "WARNING"],
      [3, "CRITICAL"],
      [9, "CRITICAL"],
    ] as const) {
      expect(planOf(await playBase(crafter, "cow", { unchangedSteps }))).toContain(word);
    }
    expect(planOf(await playBase(crafter, "cow"))).not.toMatch(/WARNING|CRITICAL/);
  });

  test("an invalid action is named before the observation", async () => {
    const outcome = { raw: "fly", action: "fly", executed: "Noop", valid: false, fallback: false, reward: 0 };
    const plan = planOf(await playBase(crafter, "cow", { outcome }));
    const at = plan.indexOf('"fly" is not an action');
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(plan.indexOf("What you see now"));
  });

  test("a fallback is told", async () => {
    const outcome = { raw: "", action: "Noop", executed: "Noop", valid: true, fallback: true, reward: 0 };
    expect(planOf(await playBase(crafter, "cow", { outcome }))).toContain("You gave no action");
  });
});

describe("the squares next to the player", () => {
  const lineOf = async (game: typeof nethack, observation: string, changes = {}) =>
    planOf(await playBase(game, observation, changes))
      .split("\n")
      .find((line) => line.startsWith("Next to you"));

  test("an open door is not a wall", async () => {
    expect(await lineOf(nethack, "door")).toBe(
      "Next to you: floor north, south, southwest, west, northwest; wall northeast, southeast; open door east.",
    );
  });

  test("boulders and the walls of Boxoban are named", async () => {
    const line = await lineOf(boxoban, "level");
    expect(line).toContain("boulder southeast");
    expect(line).toContain("bars north, southwest, west");
  });

  test("blank rows count: the player is found in a corridor far down", async () => {
    expect(await lineOf(nethack, "corridor")).toContain("corridor east, west");
  });

  test("creatures are named", async () => {
    expect(await lineOf(quest, "start")).toContain("jackal northeast");
  });

  test("nothing is said where the player is not on the map", async () => {
    const long = "message:\n\n\nlanguage observation:\n\n\ncursor:\n\n(x=3, y=2)\n\nmap:\n   ...\n";
    expect(await lineOf(nethack, "door", { observation: { long, short: "" } })).toBeUndefined();
    expect(await lineOf(crafter, "cow")).toBeUndefined();
  });
});

describe("repair of actions", () => {
  const table: [game: typeof crafter, observation: string, raw: string, action: string][] = [
    [crafter, "cow", "Move West", "Move West"],
    [crafter, "cow", "move west", "Move West"],
    [crafter, "cow", "MOVE_WEST", "Move West"],
    [crafter, "cow", " move-west. ", "Move West"],
    [crafter, "cow", '"Move West"', "Move West"],
    [crafter, "cow", "Action: do", "Do"],
    [crafter, "cow", "west", "Move West"],
    [crafter, "cow", "go left", "Move West"],
    [crafter, "cow", "up", "Move North"],
    [crafter, "cow", "noop", "Noop"],
    [crafter, "cow", "do nothing", "Noop"],
    [crafter, "cow", "no-op", "Noop"],
    [crafter, "cow", "collect wood", "Do"],
    [crafter, "cow", "make wood pickaxe", "Make Wood Pickaxe"],
    [crafter, "cow", "dance", "dance"],
    [quest, "start", "North", "north"],
    [quest, "start", "move north", "north"],
    [quest, "start", "n", "north"],
    [quest, "start", "far_east", "far east"],
    [quest, "start", "open east", "open"],
    [quest, "start", "kick the north", "kick"],
    [quest, "start", "pick up", "pickup"],
    [quest, "start", "up", "up"],
    [quest, "start", "descend", "down"],
    [boxoban, "level", "right", "east"],
    [boxoban, "level", "down", "south"],
    [nethack, "door", "n", "n"],
    [nethack, "door", "N", "N"],
    [nethack, "door", "ESC", "esc"],
    [nethack, "door", "yes", "y"],
    [nethack, "door", "up", "up"],
    [nethack, "door", "eat d", "eat"],
    [nethack, "door", "5", "5"],
  ];
  for (const [game, observation, raw, action] of table) {
    test(`${game.game}: ${JSON.stringify(raw)} is ${action}`, async () => {
      const { session, step } = await playBase(game, observation);
      expect(session.repairAction(step, raw)).toBe(action);
    });
  }

  test("every action of every game stays as it is", async () => {
    for (const [game, observation] of [
      [crafter, "cow"],
      [boxoban, "level"],
      [quest, "start"],
      [nethack, "door"],
    ] as const) {
      const { session, step } = await playBase(game, observation);
      for (const [name] of game.actions) expect(session.repairAction(step, name)).toBe(name);
    }
  });

  test("the second word is shown when the game asks, and forgotten when it does not", async () => {
    const { session, step } = await playBase(quest, "start");
    session.repairAction(step, "open east");
    const asked = { ...step, stepIndex: 6, observation: quest.observations.question! };
    session.onObservation(asked, memory);
    expect(session.planPrompt(asked, memory)).toContain("You meant: east");
    session.onObservation(step, memory);
    expect(session.planPrompt(step, memory)).not.toContain("You meant");
  });
});

describe("fallback actions", () => {
  const fallback = async (game: typeof crafter, observation: string, changes = {}) => {
    const { session, step } = await playBase(game, observation, changes);
    return session.fallbackAction(step);
  };

  test("are the default in Crafter, search in NetHack and MiniHack, a way that is free in Boxoban", async () => {
    expect(await fallback(crafter, "cow")).toBe("Noop");
    expect(await fallback(nethack, "door")).toBe("search");
    expect(await fallback(quest, "start")).toBe("search");
    expect(await fallback(boxoban, "level", { stepIndex: 0 })).toBe("east");
    expect(await fallback(boxoban, "level", { stepIndex: 1 })).toBe("south");
  });

  test("leave a question in NetHack", async () => {
    expect(await fallback(nethack, "door", { observation: quest.observations.question! })).toBe("esc");
  });

  test("are an action of the game whatever the actions are", async () => {
    const actions: GameAction[] = [{ name: "walk", description: "" }];
    const odd = {
      ...crafter,
      game: "courier",
      actions: actions.map(({ name }) => [name, ""] as [string, string]),
      defaultAction: "walk",
    };
    odd.actions.push(["say red", ""]);
    expect(await fallback(odd, "cow")).toBe("walk");
  });
});

test("the package and the types for authors pass a strict type check", () => {
  const checked = Bun.spawnSync(["bunx", "tsc", "-p", join(import.meta.dir, "..", "..", "scaffolds", "tsconfig.json")]);
  expect(checked.stdout.toString()).toBe("");
  expect(checked.exitCode).toBe(0);
}, 60_000);

function sharedStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}

test("the first LOG shows what was said before the first action, later ones do not", async () => {
  const first = { long: "The smith says: my password is jade.", short: "" };
  const game = await recorded("crafter");
  const name = Object.keys(game.observations)[0]!;
  const played = await playBase(game, name, { stepIndex: 1, previousObservation: first });
  expect(logOf(played)).toContain("What you saw first:\nThe smith says: my password is jade.");
  const map = await playBase(game, name, { stepIndex: 1, previousObservation: { long: "#".repeat(700), short: "" } });
  expect(logOf(map)).not.toContain("What you saw first");
  const later = await playBase(game, name, { stepIndex: 2, previousObservation: first });
  expect(logOf(later)).not.toContain("jade");
});
