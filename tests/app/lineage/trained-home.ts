/**
 * A home with a whole campaign of `train` in it, made by the command line: the game unsteady (steady here), the trainer apprentice, and a scripted model whose
 * adapter of rank 8 keeps the memory so well that the base goes on in each step; alone it stays in every second one.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixturesFolder } from "../../fixtures/plugins/subject.ts";
import { freshFolder } from "../../store/support.ts";

const main = join(import.meta.dir, "../../../src/main.ts");

export interface Finished {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line from the sources, in that home. */
export async function automem(home: string, ...words: string[]): Promise<Finished> {
  const child = Bun.spawn([process.execPath, main, ...words], {
    env: { ...process.env, AUTOMEM_HOME: home, CI: "true" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

const note = "<|APPEND|>notes.txt|walk on\n<|END|>\n<|DONE|>\nThat is all.";
const script = {
  schema: "automem.script/1",
  rules: [
    { episode: "verify", adapter: true, reply: "I keep what I see.", cycle: true },
    { episode: "verify", reply: "Nothing is kept.", cycle: true },
    { phase: "log", adapter: 8, reply: "<|APPEND|>notes.txt|walk bravely\n<|END|><|DONE|>", cycle: true },
    { phase: "plan", adapter: 8, reply: "<|SEARCH|>notes.txt|brave<|END|>\n<|ACTION|>stay<|END|>", cycle: true },
    {
      phase: "log",
      reply: ["```\n<|APPEND|>notes.txt|walk on\n<|END|>\n```\n<|DONE|>", "<|DONE|>", note],
      cycle: true,
    },
    { phase: "plan", match: "bravely", reply: "<|ACTION|>on<|END|>", cycle: true },
    { phase: "plan", turn: 0, reply: ["<|SEARCH|>notes.txt|walk<|END|>", "<|ACTION|>stay<|END|>"], cycle: true },
    { phase: "plan", reply: "<|ACTION|>on<|END|>", cycle: true },
  ],
};

export interface TrainedHome {
  home: string;
  campaign: string;
  /** Name of the adapter that was accepted. */
  adapter: string;
}

/** Takes some seconds. The first trial is accepted; `trials` more of the grid may follow. */
export async function trainedHome({ trials = 1 }: { trials?: number } = {}): Promise<TrainedHome> {
  const home = freshFolder();
  const model = join(home, "script.json");
  writeFileSync(model, JSON.stringify(script));
  for (const plugin of ["unsteady", "apprentice"]) {
    expectDone(await automem(home, "plugin", "add", join(fixturesFolder, plugin)));
  }
  const game = ["unsteady", "--task", "default", "--model", `scripted:${model}`, "--base", model, "--sample-seed", "1"];
  const data = ["--episodes", "3", "--select-seeds", "2", "--confirm-pairs", "8", "--trials", String(trials)];
  const training = ["--trainer", "apprentice", "--rank", "8", "--epochs", "1", "--parity-prompts", "0"];
  expectDone(await automem(home, "train", ...game, ...data, ...training, "--json"));
  const adapters = JSON.parse(expectDone(await automem(home, "adapter", "list", "--json")).stdout).adapters;
  const [campaign = ""] = readdirSync(join(home, "store", "campaigns"));
  return { home, campaign, adapter: adapters[0].name };
}

function expectDone(finished: Finished): Finished {
  if (finished.exitCode === 0) return finished;
  throw new Error(`exit code ${finished.exitCode}\n${finished.stderr}\n${finished.stdout.slice(-2_000)}`);
}
