/** The crafter package in the sandbox: a recorded episode played through its hooks, its prompts, its gate after repair. */
import { describe, expect, test } from "bun:test";
import type { EpisodeContext, ScaffoldSession, StepContext } from "../../../src/core/scaffold.ts";
import { sandboxLimits } from "../../../src/scaffold/sandbox/limits.ts";
import { memoryOf } from "../../scaffold/packages.ts";
import { recorded } from "../base-package.ts";
import { openPackage } from "../load-package.ts";
import { type GoldenEpisode, goldenEpisodes } from "./golden.ts";

const game = await recorded("crafter");
const episodes = await goldenEpisodes();
const context: EpisodeContext = {
  game: "crafter",
  task: "default",
  gameInstruction: game.instruction,
  actions: game.actions.map(([name, description]) => ({ name, description })),
  defaultAction: game.defaultAction,
  maxSteps: 2000,
  callsPerPhase: 10,
};

type Folder = ReturnType<typeof memoryOf>;

async function opened(): Promise<{ session: ScaffoldSession; folder: Folder }> {
  const session = await openPackage("crafter", context);
  return { session, folder: memoryOf(session.initFiles()) };
}

/** The step of an episode as the engine would show it; `stepIndex` 0 is the observation after reset. */
function stepOf({ steps }: GoldenEpisode, stepIndex: number, folder: Folder): StepContext {
  const { observation, action, progress, reward } = steps[stepIndex]!;
  const before = steps[stepIndex - 1];
  let unchangedSteps = 0;
  while (Bun.deepEquals(steps[stepIndex - unchangedSteps - 1]?.observation, observation)) unchangedSteps += 1;
  return {
    stepIndex,
    observation,
    previousObservation: before?.observation,
    ...(before === undefined
      ? {}
      : { outcome: { raw: action.toLowerCase(), action, executed: action, valid: true, fallback: false, reward } }),
    progress,
    unchangedSteps,
    files: folder.list(),
    signals: {},
  };
}

/** All hooks of all steps up to `last`, in the engine's order; `after` sees each step. */
function play(
  { session, folder }: { session: ScaffoldSession; folder: Folder },
  episode: GoldenEpisode,
  last: number,
  after: (step: StepContext, log: string, plan: string) => void = () => undefined,
): StepContext {
  let step = stepOf(episode, 0, folder);
  session.onReset(step);
  for (let stepIndex = 0; stepIndex <= last; stepIndex += 1) {
    const bare = stepOf(episode, stepIndex, folder);
    step = { ...bare, signals: session.onObservation(bare, folder) };
    let log = "";
    if (stepIndex > 0) {
      log = session.logPrompt(step, folder);
      const append = { name: "APPEND", arguments: ["observations.txt", `step ${stepIndex}: place ${stepIndex}`] };
      expect(session.onOperation(step, folder, "log", append).verdict).toBe("allow");
      folder.append("observations.txt", `step ${stepIndex}: place ${stepIndex}\n`);
      session.logContinue(step, folder, { results: [{ operation: "x", text: "y", failed: false }], callsLeft: 3 });
      session.afterLog(step, folder);
    }
    session.beforePlan(step, folder);
    const plan = session.planPrompt(step, folder);
    session.planContinue(step, folder, { results: [], callsLeft: 1, rejection: "no" });
    session.handoff(step, folder);
    const next = episode.steps[stepIndex + 1]?.action;
    if (next !== undefined) {
      expect(session.repairAction(step, next.toLowerCase())).toBe(next);
      session.validateAction(step, folder, next);
    }
    session.debug(step);
    after(step, log, plan);
  }
  return step;
}

describe("a recorded episode", () => {
  test("plays through every hook, each far below its limits", async () => {
    for (const episode of episodes.slice(0, 2)) {
      const opening = await opened();
      play(opening, episode, episode.steps.length - 1);
      const work = [...(opening.session.work ?? [])];
      expect(work.map(([hook]) => hook)).toEqual(
        expect.arrayContaining(["onObservation", "logPrompt", "planPrompt", "validateAction"]),
      );
      for (const [hook, units] of work) expect([hook, units < sandboxLimits.hookFuel / 20]).toEqual([hook, true]);
      expect(opening.session.state().length).toBeLessThan(2_000);
      opening.session.dispose();
    }
  }, 60_000);

  test("hooks leave memory to the model", async () => {
    const opening = await opened();
    const seeded = Object.fromEntries(opening.folder.files);
    play(opening, episodes[1]!, 60);
    const { "observations.txt": _, ...others } = Object.fromEntries(opening.folder.files);
    const { "observations.txt": __, ...before } = seeded;
    expect(others).toEqual(before);
  });

  test("the same steps give the same prompts", async () => {
    const prompts = async () => {
      const all: string[] = [];
      play(await opened(), episodes[3]!, 40, (_, log, plan) => all.push(log, plan));
      return all;
    };
    expect(await prompts()).toEqual(await prompts());
  });
});

describe("prompts", () => {
  test("LOG and PLAN of a step", async () => {
    const prompts: string[] = [];
    play(await opened(), episodes[1]!, 84, (_, log, plan) => prompts.push(log, plan));
    expect(prompts.at(-2)).toMatchSnapshot();
    expect(prompts.at(-1)).toMatchSnapshot();
  });

  test("what never changes comes first, and the form of the answer last", async () => {
    const plans: string[] = [];
    const logs: string[] = [];
    play(await opened(), episodes[1]!, 60, (_, log, plan) => {
      plans.push(plan);
      logs.push(log);
    });
    for (const [prompts, first] of [
      [plans.slice(1), "Actions:"],
      [logs.slice(1), "<|CHECK|>"],
    ] as const) {
      const beginning = prompts[0]!.slice(0, prompts[0]!.indexOf("Memory files:"));
      expect(beginning).toContain(first);
      for (const prompt of prompts) expect(prompt).toStartWith(beginning);
    }
    expect(plans.every((plan) => plan.endsWith("<|ACTION|>Do<|END|>"))).toBe(true);
    expect(logs.slice(1).every((log) => log.endsWith("<|DONE|>"))).toBe(true);
  });

  test("stay under 9,000 characters together", async () => {
    play(await opened(), episodes[1]!, 150, (_, log, plan) => expect(log.length + plan.length).toBeLessThan(9_000));
  });

  test("PLAN shows the whole of goals.txt, and LOG asks for it anew", async () => {
    const opening = await opened();
    opening.folder.write("goals.txt", "1. water at 4 east\n2. then stone");
    play(opening, episodes[0]!, 3, (step, log, plan) => {
      expect(plan).toContain("1. water at 4 east\n2. then stone");
      if (step.stepIndex > 0) expect(log).toContain("<|WRITE|>goals.txt|");
    });
  });

  test("a status that cannot be read is shown as it is", async () => {
    const { session, folder } = await opened();
    const step = { ...stepOf(episodes[0]!, 0, folder), observation: { long: "You see a door.", short: "HP 12 of 12" } };
    session.onReset(step);
    const signals = session.onObservation(step, folder);
    expect(session.planPrompt({ ...step, signals }, folder)).toContain("You see a door.\n\nHP 12 of 12");
  });

  test("goals that were not written for more than five steps are called old; writing them ends that", async () => {
    const opening = await opened();
    const step = play(opening, episodes[0]!, 8);
    expect(opening.session.logPrompt(step, opening.folder)).toContain("goals.txt was not written anew for 8 steps");
    opening.session.onOperation(step, opening.folder, "log", { name: "WRITE", arguments: ["goals.txt", "1. wood"] });
    const next = stepOf(episodes[0]!, 9, opening.folder);
    expect(JSON.stringify(opening.session.onObservation(next, opening.folder))).not.toContain("anew");
  });
});

describe("the gate", () => {
  const near = "You see:\n- grass 1 step to your west\n\nYou face grass at your front.";
  const status =
    "Your status:\n- health: 9/9\n- food: 9/9\n- drink: 9/9\n- energy: 9/9\n\nYou have nothing in your inventory.";

  async function atStart() {
    const opening = await opened();
    const step = { ...stepOf(episodes[0]!, 0, opening.folder), observation: { long: near, short: status } };
    opening.session.onReset(step);
    return { ...opening, step: { ...step, signals: opening.session.onObservation(step, opening.folder) } };
  }

  test("comes after repair: a lower-case action without materials does not pass", async () => {
    const { session, folder, step } = await atStart();
    for (const raw of ["place table", "PLACE_TABLE", "build table"]) {
      const action = session.repairAction(step, raw);
      expect(action).toBe("Place Table");
    }
    expect(session.validateAction(step, folder, "Place Table")).toEqual({
      verdict: "reject",
      text: "Place Table cannot work now. It needs 2 wood (you have 0).",
    });
  });

  test("rejects twice a step at most, and anew in the next", async () => {
    const { session, folder, step } = await atStart();
    const verdicts = () => [1, 2, 3].map(() => session.validateAction(step, folder, "Place Table").verdict);
    expect(verdicts()).toEqual(["reject", "reject", "accept"]);
    const outcome = { raw: "x", action: "Noop", executed: "Noop", valid: true, fallback: false, reward: 0 };
    session.onObservation({ ...step, stepIndex: 1, previousObservation: step.observation, outcome }, folder);
    expect(verdicts()).toEqual(["reject", "reject", "accept"]);
  });

  test("accepts what is no action of the game: the engine tells the model", async () => {
    const { session, folder, step } = await atStart();
    expect(session.validateAction(step, folder, "dance").verdict).toBe("accept");
  });
});

describe("operations", () => {
  test("CHECK ticks a line; what is no achievement is refused with the list", async () => {
    const { session, folder } = await opened();
    const step = stepOf(episodes[0]!, 0, folder);
    session.onReset(step);
    const check = (name: string) => session.runOperation(step, folder, "log", { name: "CHECK", arguments: [name] });
    const ticked = check("Collect Wood");
    expect(ticked.text).toBe("Ticked collect wood: 1 of 22.");
    expect(ticked.writes?.[0]?.text).toStartWith("[x] collect wood\n[ ] place table");
    expect(check("find gold")).toMatchObject({ status: "refused" });
  });

  test("an APPEND that says what the file says is refused", async () => {
    const { session, folder } = await opened();
    const step = stepOf(episodes[0]!, 0, folder);
    session.onReset(step);
    folder.write("observations.txt", "water 4 east");
    const append = (text: string) =>
      session.onOperation(step, folder, "log", { name: "APPEND", arguments: ["observations.txt", text] }).verdict;
    expect(append("Water 4 east.")).toBe("refuse");
    expect(append("coal 2 north")).toBe("allow");
  });

  test("every operation of the help stands in the prompt with an example", async () => {
    play(await opened(), episodes[0]!, 1, (step, log, plan) => {
      for (const name of ["READ", "SEARCH", "TAIL"]) expect(plan).toContain(`<|${name}|>`);
      if (step.stepIndex === 0) return;
      for (const name of ["READ", "SEARCH", "TAIL", "APPEND", "WRITE", "CREATE", "CHECK", "DONE"]) {
        expect(log).toContain(`<|${name}|>`);
      }
    });
  });
});
