/** An episode that nobody played, for a check without recordings: a few rooms, a model that notes what it sees and looks it up. */
import * as v from "valibot";
import type { JournalEntry } from "../../core/journal.ts";
import { AgentLimits, MemoryLimits } from "../../core/run-settings.ts";
import type { RecordedEpisode } from "../../run/replay/recorded-episode.ts";

const stepCount = 24;
const rooms = ["a hall with two doors", "a kitchen with a cold oven", "a cellar full of barrels"];
const actions = ["wait", "north", "south", "take"].map((name) => ({ name, description: `${name} once` }));
const usage = { promptTokens: 100, cachedTokens: 0, generatedTokens: 20 };

/** As if played in `game`. Deterministic. */
export function plainEpisode(game: string): RecordedEpisode {
  return {
    name: "a plain episode",
    game,
    settings: {
      agent: v.parse(AgentLimits, {}),
      memory: v.parse(MemoryLimits, {}),
      sampling: { temperature: 0, maxTokens: 512 },
    },
    entries: plainEntries,
  };
}

async function* plainEntries(): AsyncGenerator<JournalEntry> {
  yield {
    kind: "episode-start",
    task: "default",
    seed: 1,
    gameOptions: {},
    instruction: "Walk through the house and take what is useful.",
    actions,
    defaultAction: "wait",
    maxSteps: 1_000,
    scaffold: { name: "none", version: "0.0.0", hash: "0".repeat(64) },
    files: {},
  };
  for (let stepIndex = 0; stepIndex < stepCount; stepIndex++) {
    yield observation(stepIndex);
    if (stepIndex > 0) yield call(stepIndex, "log", logReply(stepIndex));
    yield call(stepIndex, "plan", `<|ACTION|>${actionAt(stepIndex)}<|END|>`);
    const action = actionAt(stepIndex);
    yield { kind: "action", stepIndex, raw: action, action, fallback: false, rejections: [] };
  }
  yield observation(stepCount);
  yield { kind: "episode-end", reason: "step-limit", steps: stepCount, progress: 0, episodeReturn: 0 };
}

/** Every third step shows the room of the step before, so that standing still is met too. */
function observation(stepIndex: number): JournalEntry {
  const shown = stepIndex - (stepIndex % 3 === 2 ? 1 : 0);
  const entry = {
    kind: "observation" as const,
    stepIndex,
    observation: {
      long: `You see ${rooms[shown % rooms.length]}.\nThe clock on the wall says ${shown}.`,
      short: `You carry ${shown} coins.`,
    },
    progress: 0,
    info: {},
  };
  if (stepIndex === 0) return entry;
  const transition = { reward: 0, terminated: false, truncated: false, valid: true, executed: actionAt(stepIndex - 1) };
  return { ...entry, transition };
}

function call(stepIndex: number, phase: "log" | "plan", reply: string): JournalEntry {
  const added = [{ role: "user" as const, content: "" }];
  return {
    kind: "call",
    stepIndex,
    phase,
    callIndex: 0,
    speaker: "base",
    added,
    fresh: true,
    reply,
    finishReason: "stop",
    usage,
  };
}

function logReply(stepIndex: number): string {
  const file = stepIndex % 2 === 0 ? "notes.txt" : "places.txt";
  return `<|SEARCH|>${file}|room<|END|>\n<|APPEND|>${file}|Room ${stepIndex}: ${rooms[stepIndex % rooms.length]}<|END|>\n<|DONE|>`;
}

function actionAt(stepIndex: number): string {
  return actions[stepIndex % actions.length]!.name;
}
