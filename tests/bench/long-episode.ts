/**
 * A recorded episode of any length, for the bench of evidence: people who tell things and ask for them later, a map that changes, notes that
 * grow and are pruned, look-ups that find and that do not. Every text follows from its step's number. Its segments are put straight into the
 * store, since a journal of 100,000 steps would be synced to disk 300,000 times.
 */
import type { Hash } from "../../src/core/hash.ts";
import type { CallEntry, JournalEntry, OperationEntry } from "../../src/core/journal.ts";
import { applyEntry, type FilesByName } from "../../src/core/journal-files.ts";
import type { TraceSegment } from "../../src/core/records.ts";
import { segmentBlob, segmentOf, segmentStart } from "../../src/store/segment.ts";
import type { Store } from "../../src/store/store.ts";
import { TraceEncoder } from "../../src/store/text-table.ts";
import { someFacts, someHash } from "../store/support.ts";

const people = 40;
const prunedAt = 60_000;
const rules =
  "You carry words between people. What you write into the files of your memory folder is all that you keep. ".repeat(
    8,
  );

/** Records the episode and returns the hash of its record. Task `long`, seed 1. The scaffold need not be in the store where nobody looks for it. */
export async function recordLongEpisode(store: Store, steps: number, scaffold: Hash = someHash): Promise<Hash> {
  const files: FilesByName = new Map();
  const trace: TraceSegment[] = [];
  let segment = 0;
  let encoder = new TraceEncoder();
  let texts = [encoder.encode(segmentStart(0, files))];
  let lastStep = 0;
  const close = async () => {
    const firstStep = segment * 256;
    trace.push({ firstStep, lastStep, blob: await store.blobs.put(segmentBlob(texts)) });
  };
  for (const entry of longEpisode(steps)) {
    const own = segmentOf(entry, segment);
    if (own !== segment) {
      await close();
      segment = own;
      encoder = new TraceEncoder();
      texts = [encoder.encode(segmentStart(segment, files))];
    }
    texts.push(encoder.encode(entry));
    if ("stepIndex" in entry) lastStep = entry.stepIndex;
    applyEntry(files, entry);
  }
  await close();
  const memory: Record<string, Hash> = {};
  for (const [name, text] of files) memory[name] = await store.blobs.put(text);
  const facts = { ...someFacts(steps, 1), task: "long", scaffold };
  return store.records.put<"automem.episode/1">({ schema: "automem.episode/1", ...facts, trace, memory });
}

function* longEpisode(steps: number): Generator<JournalEntry> {
  const actions = ["walk", "wait", "amber", "cobalt", "garnet"].map((name) => ({
    name,
    description: `say or do ${name}`,
  }));
  const scaffold = { name: "base", version: "1.0.0", hash: someHash };
  const head = {
    task: "long",
    seed: 1,
    gameOptions: {},
    instruction: rules,
    actions,
    defaultAction: "wait",
    maxSteps: steps,
  };
  yield { kind: "episode-start", ...head, scaffold, files: { "notes.md": "", "people.md": "" } };
  let notes = "";
  for (let stepIndex = 0; stepIndex <= steps; stepIndex++) {
    const seen = observation(stepIndex);
    const transition = {
      reward: stepIndex % 997 === 0 ? 1 : 0,
      terminated: false,
      truncated: stepIndex === steps,
      valid: true,
      executed: "walk",
    };
    yield {
      kind: "observation",
      stepIndex,
      observation: seen,
      progress: stepIndex / steps / 2,
      info: {},
      ...(stepIndex > 0 && { transition }),
    };
    if (stepIndex === steps) break;
    const prompt = `${rules}\n\nFiles: notes.md (${notes.length} characters)\n\n${seen.long}\n\n${seen.short}`;
    if (stepIndex > 0) {
      const line = `step ${stepIndex}: ${seen.long.split("\n")[0]}\n`;
      const isFull = notes.length > prunedAt;
      notes = isFull ? notes.slice(-2_000) : notes + line;
      const write = isFull
        ? operation("WRITE", ["notes.md", notes], { writes: [{ file: "notes.md", change: "replace", text: notes }] })
        : operation("APPEND", ["notes.md", line], { writes: [{ file: "notes.md", change: "append", text: line }] });
      yield call(stepIndex, "log", 0, prompt, `<|${write.name}|>notes.md|...<|END|><|DONE|>`);
      yield { ...write, stepIndex, phase: "log" };
      yield { kind: "phase-end", stepIndex, phase: "log", reason: "done" };
    }
    const keyword = `person${(stepIndex * 7) % people}`;
    const found = notes
      .split("\n", 40)
      .filter((line) => line.includes(keyword))
      .slice(-3)
      .join("\n");
    yield call(stepIndex, "plan", 0, prompt, `<|SEARCH|>notes.md|${keyword}<|END|>`);
    const result = found === "" ? `No line of notes.md contains "${keyword}".` : found;
    yield {
      ...operation("SEARCH", ["notes.md", keyword], { status: found === "" ? "empty" : "ok", result }),
      stepIndex,
    };
    yield { ...call(stepIndex, "plan", 1, `SEARCH notes.md\n${result}`, "<|ACTION|>walk<|END|>"), fresh: false };
    yield { kind: "phase-end", stepIndex, phase: "plan", reason: "action" };
    yield { kind: "action", stepIndex, raw: "walk", action: "walk", fallback: false, rejections: [] };
  }
  yield { kind: "episode-end", reason: "truncated", steps, progress: 0.5, episodeReturn: 0 };
}

function observation(step: number): { long: string; short: string } {
  const who = `person${(step * 13) % people}`;
  const stone = ["amber", "cobalt", "garnet"][step % 3];
  const says = [
    `${who} says: the word of gate ${step} is ${stone}.`,
    "You walk on.",
    `${who} asks: what is the word of ${who}?`,
    "A cart goes by.",
  ];
  const map = Array.from(
    { length: 12 },
    (_, row) => `|${".".repeat((step + row) % 30)}@${"#".repeat((step * row) % 20)}|`,
  );
  return { long: [says[step % 4], "", ...map].join("\n"), short: `Turn ${step} of the day, health ${step % 9} of 9` };
}

function operation(name: string, words: string[], rest: Partial<OperationEntry>): OperationEntry {
  const base = {
    kind: "operation",
    stepIndex: 0,
    phase: "plan",
    callIndex: 0,
    actor: "model",
    status: "ok",
    result: "Done.",
  } as const;
  return { ...base, name, arguments: words, ...rest };
}

function call(stepIndex: number, phase: "log" | "plan", callIndex: number, content: string, reply: string): CallEntry {
  const usage = { promptTokens: Math.round(content.length / 4), generatedTokens: Math.round(reply.length / 4) };
  const added = [{ role: "user" as const, content }];
  return {
    kind: "call",
    stepIndex,
    phase,
    callIndex,
    speaker: "base",
    added,
    fresh: true,
    reply,
    finishReason: "stop",
    usage,
  };
}
