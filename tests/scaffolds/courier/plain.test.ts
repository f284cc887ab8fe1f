/** The courier-plain package: how found words are shown, whole recorded episodes, and what its prompts may not give away. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { askedWords } from "../../../scaffolds/courier-plain/found.ts";
import type { ScaffoldSession, StepContext } from "../../../src/core/scaffold.ts";
import { memoryOf } from "../../scaffold/packages.ts";
import { openPackage } from "../load-package.ts";
import { type CourierEpisode, courierEpisodes } from "./episodes.ts";

const episodes = (await courierEpisodes()).filter(({ task }) => task !== "hard");
const file = "passwords.txt";

describe("the word asked for", () => {
  test("is the one at the place named, or the first where no place is", () => {
    expect(askedWords(["mason: coral swan"], "first")).toEqual(["coral"]);
    expect(askedWords(["mason: coral swan"], "second")).toEqual(["swan"]);
    expect(askedWords(["mason: coral"], undefined)).toEqual(["coral"]);
  });

  test("is shown once for each word, the last found last; a line without one gives none", () => {
    expect(askedWords(["mason: coral swan", "the king: jade swan", "king: ruby owl"], "second")).toEqual([
      "swan",
      "owl",
    ]);
    expect(askedWords(["coral swan", "mason: coral", ": coral swan", ""], "second")).toEqual([]);
  });
});

interface Play {
  session: ScaffoldSession;
  folder: ReturnType<typeof memoryOf>;
}

async function opened({ task, instruction, actions, defaultAction, played }: CourierEpisode): Promise<Play> {
  const named = actions.map(([name, description]) => ({ name, description }));
  const session = await openPackage("courier-plain", {
    game: "courier",
    task,
    gameInstruction: instruction,
    actions: named,
    defaultAction,
    maxSteps: played.length,
    callsPerPhase: 2,
  });
  return { session, folder: memoryOf(session.initFiles()) };
}

function stepOf({ observations, progress }: CourierEpisode, stepIndex: number, { session, folder }: Play): StepContext {
  const bare = {
    stepIndex,
    observation: observations[stepIndex]!,
    previousObservation: observations[stepIndex - 1],
    progress: progress[stepIndex]!,
    unchangedSteps: 0,
    files: folder.list(),
    signals: {},
  };
  if (stepIndex === 0) session.onReset(bare);
  return { ...bare, signals: session.onObservation(bare, folder) };
}

/** Appends a line for each password that the scene at the end of the prompt tells. */
function note({ session, folder }: Play, step: StepContext): void {
  const scene = session.logPrompt(step, folder).split("\n\n").at(-1)!;
  const told = [...scene.matchAll(/The (\w+) says: my password is ([a-z ]+)\./g)];
  if (told.length > 0) folder.append(file, told.map(([, person, words]) => `${person}: ${words}\n`).join(""));
}

const linesWith = (text: string, word: string) =>
  text
    .split("\n")
    .filter((line) => line.includes(word))
    .join("\n");

describe("recorded episodes", () => {
  for (const episode of episodes) {
    test(`${episode.task} ${episode.seed}: who notes what is told and looks it up is shown every word last`, async () => {
      const play = await opened(episode);
      const { session, folder } = play;
      for (const [stepIndex, action] of episode.played.entries()) {
        const step = stepOf(episode, stepIndex, play);
        if (stepIndex > 0) note(play, step);
        const prompt = session.planPrompt(step, folder);
        const person = /at the (\w+)'s door\. [^\n]*$/.exec(prompt)?.[1];
        expect(person === undefined).toBe(action === "walk");
        if (person === undefined) continue;
        expect(prompt).not.toContain(action);
        const search = { name: "SEARCH", arguments: [file, person] };
        expect(session.onOperation(step, folder, "plan", search).verdict).toBe("allow");
        const results = [{ operation: "SEARCH", text: linesWith(folder.read(file)!, person), failed: false }];
        const shown = session.planContinue(step, folder, { results, callsLeft: 1 });
        expect(shown).toBe(`Found: |${action}|\nSay |${action}|:`);
        expect(session.handoff(step, folder)).toBe(`Say |${action}|:`);
      }
      session.dispose();
    }, 30_000);
  }

  test("without a note and a look-up no word is shown, and the handoff of one step knows nothing of the step before", async () => {
    const [episode] = episodes;
    const play = await opened(episode!);
    const { session, folder } = play;
    for (const [stepIndex, action] of episode!.played.entries()) {
      const step = stepOf(episode!, stepIndex, play);
      session.logPrompt(step, folder);
      if (action === "walk") continue;
      expect(session.handoff(step, folder)).not.toContain("|");
      session.onOperation(step, folder, "plan", { name: "SEARCH", arguments: [file, "mason"] });
      expect(session.handoff(step, folder)).not.toContain("|");
    }
    expect(folder.read(file)).toBe("");
    session.dispose();
  }, 30_000);
});

test("the examples use no word of the game", async () => {
  const words = new Set(episodes.flatMap(({ actions }) => actions.map(([name]) => name)));
  words.delete("walk");
  const folder = join(import.meta.dir, "..", "..", "..", "scaffolds", "courier-plain", "prompts");
  const paths = [...new Bun.Glob("*.md").scanSync({ cwd: folder })];
  expect(paths.length).toBeGreaterThan(3);
  for (const path of paths) {
    const text = await Bun.file(join(folder, path)).text();
    for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) expect(words).not.toContain(word);
  }
});
