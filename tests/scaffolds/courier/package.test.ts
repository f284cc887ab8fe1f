/** The courier package in the sandbox: recorded episodes played by a reader of its prompts, and what its prompts may not give away. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { EpisodeContext, ScaffoldSession, StepContext } from "../../../src/core/scaffold.ts";
import { sandboxLimits } from "../../../src/scaffold/sandbox/limits.ts";
import { memoryOf } from "../../scaffold/packages.ts";
import { openPackage } from "../load-package.ts";
import { type CourierEpisode, courierEpisodes } from "./episodes.ts";

const episodes = await courierEpisodes();

interface Play {
  session: ScaffoldSession;
  folder: ReturnType<typeof memoryOf>;
  /** What the model sees in turn: prompts and continuations. */
  turns: { stepIndex: number; phase: "log" | "plan"; text: string }[];
}

function contextOf({ task, instruction, actions, defaultAction, played }: CourierEpisode): EpisodeContext {
  return {
    game: "courier",
    task,
    gameInstruction: instruction,
    actions: actions.map(([name, description]) => ({ name, description })),
    defaultAction,
    maxSteps: played.length,
    callsPerPhase: 10,
  };
}

function stepOf(episode: CourierEpisode, stepIndex: number, { folder }: Play): StepContext {
  const { observations, played, progress } = episode;
  const action = played[stepIndex - 1];
  return {
    stepIndex,
    observation: observations[stepIndex]!,
    previousObservation: observations[stepIndex - 1],
    ...(action === undefined
      ? {}
      : { outcome: { raw: action, action, executed: action, valid: true, fallback: false, reward: 0 } }),
    progress: progress[stepIndex]!,
    unchangedSteps: 0,
    files: folder.list(),
    signals: {},
  };
}

async function opened(episode: CourierEpisode): Promise<Play> {
  const session = await openPackage("courier", contextOf(episode));
  return { session, folder: memoryOf(session.initFiles()), turns: [] };
}

/** Notes every telling that the prompt of LOG shows, one NOTE each. */
function log(play: Play, step: StepContext): void {
  const text = play.session.logPrompt(step, play.folder);
  play.turns.push({ stepIndex: step.stepIndex, phase: "log", text });
  const shown = text.slice(text.lastIndexOf("Memory files:"));
  for (const [, person, password] of shown.matchAll(/The (\w+) says: my password is (?:now )?([a-z ]+)\./g)) {
    const note = { name: "NOTE", arguments: [`The ${person}`, `${password}.`] };
    expect(play.session.onOperation(step, play.folder, "log", note).verdict).toBe("allow");
    const { status = "ok", writes = [] } = play.session.runOperation(step, play.folder, "log", note);
    expect(status).toBe("ok");
    for (const write of writes) play.folder.write(write.file, write.text);
  }
}

/** Searches at a door for the person in the scene, and says what the continuation shows; elsewhere walks. */
function plan(play: Play, step: StepContext): string {
  const { session, folder } = play;
  const text = session.planPrompt(step, folder);
  play.turns.push({ stepIndex: step.stepIndex, phase: "plan", text });
  const asked = /the ([a-z]+)'s door\. Say the (?:(\w+) word of )?[^\n]*\nYou answer:$/.exec(text);
  if (asked === null) return "walk";
  const search = { name: "SEARCH", arguments: ["passwords.txt", asked[1]!] };
  expect(session.validateAction(step, folder, "jade").verdict).toBe(
    folder.read("passwords.txt") === "" ? "accept" : "reject",
  );
  expect(session.onOperation(step, folder, "plan", search).verdict).toBe("allow");
  const line = folder
    .read("passwords.txt")!
    .split("\n")
    .find((row) => row.includes(asked[1]!))!;
  const results = [{ operation: "SEARCH", text: line, failed: false }];
  const next = session.planContinue(step, folder, { results, callsLeft: 2 });
  play.turns.push({ stepIndex: step.stepIndex, phase: "plan", text: next });
  const shown = /You are shown: \w+: ([a-z ]+)\nYou answer:$/.exec(next)![1]!.split(" ");
  return shown[["first", "second", "third"].indexOf(asked[2] ?? "first")]!;
}

async function playWhole(episode: CourierEpisode): Promise<Play & { actions: string[] }> {
  const play = await opened(episode);
  play.session.onReset(stepOf(episode, 0, play));
  const actions = episode.played.map((_, stepIndex) => {
    const bare = stepOf(episode, stepIndex, play);
    const step = { ...bare, signals: play.session.onObservation(bare, play.folder) };
    if (stepIndex > 0) log(play, step);
    const action = play.session.repairAction(step, ` ${plan(play, step).toUpperCase()}. `);
    expect(play.session.validateAction(step, play.folder, action).verdict).toBe("accept");
    return action;
  });
  return { ...play, actions };
}

describe("recorded episodes", () => {
  for (const episode of episodes) {
    test(`${episode.task} ${episode.seed}: who follows the prompts says every word right, each hook far below its limits`, async () => {
      const { actions, session } = await playWhole(episode);
      expect(actions).toEqual(episode.played);
      const work = [...(session.work ?? [])];
      expect(work.map(([hook]) => hook)).toEqual(
        expect.arrayContaining(["onObservation", "logPrompt", "planPrompt", "NOTE"]),
      );
      for (const [hook, units] of work) expect([hook, units < sandboxLimits.hookFuel / 50]).toEqual([hook, true]);
      session.dispose();
    }, 30_000);
  }

  test("a password told at step 0, which has no LOG, is shown at step 1 and noted", async () => {
    const first = episodes.filter(({ observations }) => /my password is/.test(observations[0]!.long));
    expect(first.length).toBeGreaterThan(0);
    for (const episode of first) {
      const { folder } = await playWhole(episode);
      expect(folder.read("passwords.txt")).toContain(/The (\w+) says/.exec(episode.observations[0]!.long)![1]!);
    }
  });

  test("the file ends with one line for each person, though passwords changed", async () => {
    const hard = episodes.find(({ task }) => task === "hard")!;
    const { folder } = await playWhole(hard);
    expect(folder.read("passwords.txt")!.split("\n").length).toBe(8);
  });
});

describe("memory stays in the model's hands", () => {
  test("without a NOTE nothing is remembered: no prompt at a door holds a word of its password", async () => {
    for (const episode of episodes) {
      const play = await opened(episode);
      play.session.onReset(stepOf(episode, 0, play));
      for (const [stepIndex, action] of episode.played.entries()) {
        const bare = stepOf(episode, stepIndex, play);
        const step = { ...bare, signals: play.session.onObservation(bare, play.folder) };
        if (stepIndex > 0) play.session.logPrompt(step, play.folder);
        play.session.afterLog(step, play.folder);
        play.session.beforePlan(step, play.folder);
        if (action === "walk") continue;
        const prompt = play.session.planPrompt(step, play.folder);
        // The list of all words that can be said is the same at every door.
        expect(prompt.replace(/^.*Words that can be said.*$/m, "")).not.toContain(action);
        expect(play.session.state()).not.toContain(action);
      }
      expect(Object.fromEntries(play.folder.files)).toEqual({ "passwords.txt": "" });
      play.session.dispose();
    }
  }, 60_000);

  test("the examples use no word of the game", async () => {
    const words = new Set(episodes.flatMap(({ actions }) => actions.map(([name]) => name)));
    words.delete("walk");
    const folder = join(import.meta.dir, "..", "..", "..", "scaffolds", "courier", "prompts");
    const paths = [...new Bun.Glob("*.md").scanSync({ cwd: folder })];
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) {
      const text = await Bun.file(join(folder, path)).text();
      for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) expect(words).not.toContain(word);
    }
  });
});

describe("prompts", () => {
  test("of a telling, of talk, of a road and of a door", async () => {
    const { turns } = await playWhole(episodes[1]!);
    const of = (text: string, phase: "log" | "plan") =>
      turns.find((turn) => turn.phase === phase && turn.text.includes(text))?.text;
    expect(of("DONE ends LOG.", "log")).toMatchSnapshot();
    expect(of("so there is nothing to note", "log")).toMatchSnapshot();
    expect(of("You walk on.", "plan")).toMatchSnapshot();
    expect(of("You are at", "plan")).toMatchSnapshot();
    expect(of("You have looked it up", "plan")).toMatchSnapshot();
  });

  test("are short: no turn over 1,500 characters", async () => {
    for (const episode of episodes) {
      for (const { text } of (await playWhole(episode)).turns) expect(text.length).toBeLessThan(1_500);
    }
  }, 60_000);
});
