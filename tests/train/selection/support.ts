/** What the tests of selectors share: a tool-calling model that says what it is told to, stand-in programs, and selectors opened over them. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { toolModel } from "../../../src/campaign/agent/tool-model.ts";
import { openProgram } from "../../../src/campaign/program/open-program.ts";
import type { CommandSettings } from "../../../src/campaign/program/settings.ts";
import type { ChatModel } from "../../../src/core/chat-model.ts";
import { ProviderError } from "../../../src/core/errors.ts";
import type { ToolMessage, ToolOptions, ToolReply, ToolSpec } from "../../../src/core/tool-calls.ts";
import { readCalls } from "../../../src/inference/tools/read-call.ts";
import { parameterSchema } from "../../../src/inference/tools/tool-schema.ts";
import { type Clock, systemClock } from "../../../src/platform/clock.ts";
import type { Jail } from "../../../src/platform/jail.ts";
import type { Store } from "../../../src/store/store.ts";
import { type EpisodeCandidates, readTurns } from "../../../src/train/candidates/read-turns.ts";
import type { TrainingEpisode } from "../../../src/train/candidates/training-seeds.ts";
import { AgentSelector } from "../../../src/train/selection/agent/agent.ts";
import { chooseTurns } from "../../../src/train/selection/choose-turns.ts";
import { CommandSelector } from "../../../src/train/selection/command/command.ts";
import { OverviewCount } from "../../../src/train/selection/overview.ts";
import type { SelectionFrame, Selector } from "../../../src/train/selection/selector.ts";
import { SelectionSettings } from "../../../src/train/selection/settings.ts";
import { SelectionSpending } from "../../../src/train/selection/spending.ts";
import { place, sourceOf } from "../support.ts";

export type Said = { text?: string; calls?: [name: string, input: unknown][] } | Error;
/** What a model says to a conversation; `turn`: replies in it so far. */
export type Answering = (asked: { question: string; turn: number; last: string }) => Said;

export interface FakeModel {
  model: ChatModel;
  /** Every conversation that it was shown, with how it was asked. */
  shown: { messages: ToolMessage[]; tools: string[]; options: ToolOptions }[];
}

/** Overflows by its own count of a token for four characters; counts no tokens where `uncounted`. */
export function modelThat(answer: Answering, options: { contextTokens?: number } = {}): FakeModel {
  const shown: FakeModel["shown"] = [];
  const { contextTokens } = options;
  const model = {
    identity: { name: "fake:m", provider: "fake", digest: "d".repeat(64), ...(contextTokens ? { contextTokens } : {}) },
    capabilities: {},
    async chatWithTools(
      messages: readonly ToolMessage[],
      tools: readonly ToolSpec[],
      asked: ToolOptions,
    ): Promise<ToolReply> {
      asked.signal?.throwIfAborted();
      // As every provider does: what JSON schema cannot say is no parameter of a tool.
      for (const tool of tools) parameterSchema(tool);
      shown.push({ messages: [...messages], tools: tools.map(({ name }) => name), options: asked });
      const promptTokens = Math.ceil(JSON.stringify(messages).length / 4);
      if (contextTokens !== undefined && promptTokens + (asked.sampling.maxTokens ?? 0) > contextTokens) {
        throw new ProviderError("too long", { code: "context-overflow" });
      }
      const turn = messages.filter(({ role }) => role === "assistant").length;
      const said = answer({ question: messages[1]?.content ?? "", turn, last: messages.at(-1)?.content ?? "" });
      if (said instanceof Error) throw said;
      const { text = "", calls = [] } = said;
      return {
        text,
        calls: readCalls(
          calls.map(([name, input]) => ({ id: "", name, input })),
          messages,
          tools,
        ),
        finishReason: calls.length > 0 ? "calls" : "stop",
        usage: { promptTokens, generatedTokens: 10 },
        timings: { totalMs: 1 },
      };
    },
    close: async () => undefined,
  };
  return { model: model as unknown as ChatModel, shown };
}

/** Handles of a batch as its list names them, with the kind of each turn. */
export function listed(question: string): { handle: string; kind: string }[] {
  return [...question.matchAll(/^(t\d+) {2}step \d+, (?:LOG|PLAN), call \d+ {2}(\w+) {2}value/gm)].map(
    ([, handle, kind]) => ({
      handle: handle as string,
      kind: kind as string,
    }),
  );
}

export const someCriteria = "Choose notes and look-ups that were used.";

/** Writes criteria; of a batch it reads the first turn, then chooses notes and look-ups. */
export const sensible: Answering = ({ question, turn }) => {
  if (!question.includes("## The turns")) return { calls: [["criteria", { text: someCriteria }]] };
  const turns = listed(question);
  if (turn === 0) return { text: "Let me look.", calls: [["read_turn", { turn: turns[0]?.handle }]] };
  const good = turns.filter(({ kind }) => kind === "write" || kind === "lookup");
  return { calls: [["choose", { turns: good.map(({ handle, kind }) => choice(handle, kind)) }]] };
};

export function choice(turn: string, criterion = "used"): { turn: string; criterion: string; reason: string } {
  return { turn, criterion, reason: "It was of use." };
}

export interface OpenedSelector {
  selector: Selector;
  spending: SelectionSpending;
}

export function agentSelector(
  { model }: FakeModel,
  settings: v.InferInput<typeof SelectionSettings> = {},
  wanted?: string,
  clock: Clock = systemClock,
): OpenedSelector {
  const parsed = v.parse(SelectionSettings, settings);
  const spending = new SelectionSpending(undefined, parsed.totalTokens);
  const asked = { name: "agent:fake:m", instead: 'the selector "outcome"', settings: parsed.agent };
  return {
    spending,
    selector: new AgentSelector({ model: toolModel(model, asked), clock, settings: parsed, spending, wanted }),
  };
}

/** The same choice as `sensible`, by a program. */
export const sensibleProgram = `
if [ -e criteria.md ]; then
  sed -n 's/^\\(t[0-9]*\\)  step .*  \\(write\\|lookup\\)  value .*/{"turn":"\\1","criterion":"\\2","reason":"It was of use."}/p' turns.md > result/selection.jsonl
else
  echo '${someCriteria}' > result/criteria.md
fi`;

export const noJail: Jail = { kind: "none", reason: "not in this test" };

export interface OpenedProgram extends OpenedSelector {
  scratch: string;
  progress: string[];
  /** Resolves when the program first printed that line. */
  printed(line: string): Promise<void>;
}

/** `root`: a folder that the test removes. */
export async function commandSelector(
  root: string,
  script: string,
  jail: Jail,
  settings: v.InferInput<typeof SelectionSettings> & { command?: v.InferInput<typeof CommandSettings> } = {},
  environment: Record<string, string> = {},
): Promise<OpenedProgram> {
  const folder = mkdtempSync(join(root, "selector-"));
  const path = join(folder, "stand-in.sh");
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
  const parsed = v.parse(SelectionSettings, settings);
  const program = await openProgram({
    name: `command:${path}`,
    environment: { PATH: "/usr/bin:/bin", ...environment },
    settings: parsed.command,
    jail,
  });
  const spending = new SelectionSpending(undefined, parsed.totalTokens);
  const scratch = join(folder, "scratch");
  const progress: string[] = [];
  const waiting = new Map<string, () => void>();
  const onProgress = (line: string) => {
    progress.push(line);
    waiting.get(line)?.();
  };
  const printed = (line: string) => new Promise<void>((resolve) => void waiting.set(line, resolve));
  const parts = { program, clock: systemClock, settings: parsed, spending, scratch, onProgress };
  return { spending, selector: new CommandSelector(parts), scratch, progress, printed };
}

export function freshRoot(): string {
  return mkdtempSync(join(tmpdir(), "automem-selection-"));
}

export function frameOf(...episodes: EpisodeCandidates[]): SelectionFrame {
  return {
    game: "toy",
    episodes: episodes.length,
    overview: async () => {
      const count = new OverviewCount();
      for (const episode of episodes) count.add(episode);
      return count.overview();
    },
  };
}

/** Places of the turns that a selector chooses of an episode, criteria first, by rule. */
export async function chosenPlaces(
  store: Store,
  episode: TrainingEpisode,
  selector: Selector,
  signal?: AbortSignal,
): Promise<Record<string, string[]>> {
  const candidates = await readTurns(sourceOf(store), episode);
  const criteria = await selector.criteria({ ...frameOf(candidates), signal });
  const byRule: Record<string, string[]> = {};
  for (const { turn, rule } of await chooseTurns(store, episode, candidates.turns, { selector, criteria, signal })) {
    byRule[rule] ??= [];
    byRule[rule].push(place(turn));
  }
  return byRule;
}
