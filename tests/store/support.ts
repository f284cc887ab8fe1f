/** What the store's tests share: a folder that goes away, and a trace that looks like play. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/journal.ts";
import type { RunRecord } from "../../src/core/records.ts";
import type { EpisodeFacts } from "../../src/store/finish.ts";

const folders: string[] = [];

/** In memory where the system has such a place: these tests sync thousands of times. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A fresh folder; `removeFolders` takes all of them away. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(root, "automem-store-"));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export const someHash = "0123456789abcdef".repeat(4);

const instructions = [
  "You play a survival game on a grid. Collect wood, stone, coal, iron and diamond; eat, drink, sleep; place what you made.",
  "Keep what you learn in the files of your memory folder. Write down where things are, and what you tried that did not work.",
  "Operations are written with their tags, one after the other. What you write is kept word for word, and you can look it up later.",
].join("\n\n");

/** An episode of `steps` steps: one write, one look-up and one action a step; every text follows from the step's number. */
export function* playedEntries(steps: number): Generator<JournalEntry> {
  yield {
    kind: "episode-start",
    task: "default",
    seed: 7,
    gameOptions: {},
    instruction: instructions,
    actions: [
      { name: "Noop", description: "do nothing" },
      { name: "Do", description: "interact with what you face" },
    ],
    defaultAction: "Noop",
    maxSteps: steps,
    scaffold: { name: "base", version: "1.0.0", hash: someHash },
    files: { "notes.md": "# Notes\n" },
  };
  let notes = "# Notes\n";
  for (let stepIndex = 0; stepIndex <= steps; stepIndex++) {
    const x = (stepIndex * 7919) % 64;
    const long = `You see:\n- grass ${x} steps to your north\n- tree ${(x * 3) % 9} steps to your west\n- stone ${(x * 5) % 11} steps to your east\n- water ${x % 7} steps to your south-east\n\nYou face grass at your front.`;
    const observation = {
      long,
      short: `Your status:\n- health: ${9 - (x % 4)}/9\n- food: ${x % 9}/9\n- drink: ${x % 5}/9`,
    };
    const transition = { reward: 0, terminated: false, truncated: stepIndex === steps, valid: true, executed: "Do" };
    yield {
      kind: "observation",
      stepIndex,
      observation,
      progress: stepIndex / steps,
      info: { step: stepIndex },
      ...(stepIndex > 0 && { transition }),
    };
    if (stepIndex === steps) break;
    yield { kind: "signals", stepIndex, signals: { unchanged: 0 } };
    if (stepIndex > 0) {
      const text = `step ${stepIndex}: tree at ${x}\n`;
      const prompt = `${instructions}\n\nYour last action: Do\n\n${long}\n\n${observation.short}\n\nFiles: notes.md (${notes.length} characters)`;
      const reply = `<|APPEND|>notes.md|${text}<|END|><|DONE|>`;
      yield call(stepIndex, "log", 0, prompt, reply);
      notes += text;
      yield {
        kind: "operation",
        stepIndex,
        phase: "log",
        callIndex: 0,
        actor: "model",
        name: "APPEND",
        arguments: ["notes.md", text],
        status: "ok",
        result: "Added.",
        writes: [{ file: "notes.md", change: "append", text }],
      };
      yield { kind: "phase-end", stepIndex, phase: "log", reason: "done" };
    }
    const tail = notes.split("\n").slice(-12).join("\n");
    yield call(
      stepIndex,
      "plan",
      0,
      `${instructions}\n\n${long}\n\n${observation.short}\n\nChoose one action.`,
      "<|TAIL|>notes.md|12<|END|>",
    );
    yield {
      kind: "operation",
      stepIndex,
      phase: "plan",
      callIndex: 0,
      actor: "model",
      name: "TAIL",
      arguments: ["notes.md", "12"],
      status: "ok",
      result: tail,
    };
    yield { ...call(stepIndex, "plan", 1, `TAIL notes.md:\n${tail}`, "<|ACTION|>Do<|END|>"), fresh: false };
    yield { kind: "phase-end", stepIndex, phase: "plan", reason: "action" };
    yield { kind: "action", stepIndex, raw: "Do", action: "Do", fallback: false, rejections: [] };
  }
  yield { kind: "episode-end", reason: "truncated", steps, progress: 1, episodeReturn: 0 };
}

function call(
  stepIndex: number,
  phase: "log" | "plan",
  callIndex: number,
  content: string,
  reply: string,
): JournalEntry & { kind: "call" } {
  const usage = { promptTokens: Math.round(content.length / 4), generatedTokens: Math.round(reply.length / 4) };
  return {
    kind: "call",
    stepIndex,
    phase,
    callIndex,
    speaker: "base",
    added: [{ role: "user", content }],
    fresh: true,
    reply,
    finishReason: "stop",
    usage,
  };
}

const game = { name: "toy", version: "1.0.0", pluginHash: someHash, packages: {}, clockFrozen: null };
const model = { name: "scripted:test", provider: "scripted" };

export function someRun(episodes: RunRecord["episodes"] = [{ task: "default", seed: 7 }]): RunRecord {
  return {
    schema: "automem.run/1",
    settings: {
      game: "toy",
      gameOptions: {},
      model: model.name,
      scaffold: "base",
      seeds: [7],
      parallel: 1,
      sampling: { temperature: 0, maxTokens: 64 },
      memory: {} as RunRecord["settings"]["memory"],
      agent: {} as RunRecord["settings"]["agent"],
      restarts: 2,
    },
    game,
    model,
    scaffold: someHash,
    automemVersion: "0.1.0",
    episodes,
  };
}

export function someFacts(steps: number, seed = 7, progress = 1): EpisodeFacts {
  return {
    game,
    model,
    task: "default",
    seed,
    scaffold: someHash,
    settings: {},
    automemVersion: "0.1.0",
    end: { reason: "truncated", steps, progress, episodeReturn: 0 },
    figures: {},
  };
}
