/** Fakes of the contracts for the agent's tests: a game, a scaffold, a model that says what it is told to, and a journal in memory. */
import * as v from "valibot";
import { type EpisodeInput, playEpisode } from "../../src/agent/play-episode.ts";
import type { ChatMessage, ChatModel, ChatOptions, ChatReply, ModelCapabilities } from "../../src/core/chat-model.ts";
import { ProviderError } from "../../src/core/errors.ts";
import type { Game, GameStart, Transition } from "../../src/core/game.ts";
import { hashBytes } from "../../src/core/hash.ts";
import { JournalEntry, type JournalSink, type OperationEntry } from "../../src/core/journal.ts";
import { AgentLimits, MemoryLimits } from "../../src/core/run-settings.ts";
import type { EpisodeContext, Scaffold, ScaffoldSession, StepContext } from "../../src/core/scaffold.ts";

export const actionNames = ["north", "south", "noop"];

/** A corridor: north is +1, the end is at `length`. Nothing else is seen than the place. */
export class FakeGame implements Game {
  readonly identity = { name: "corridor", version: "1.0.0", pluginHash: "p", packages: {}, clockFrozen: null };
  readonly tasks = [{ id: "walk", description: "", maxSteps: 20 }];
  readonly played: string[] = [];
  private place = 0;
  private readonly length: number;
  private readonly maxSteps: number;

  constructor(length = 100, maxSteps = 4) {
    this.length = length;
    this.maxSteps = maxSteps;
  }

  async reset(): Promise<GameStart> {
    this.place = 0;
    const actions = actionNames.map((name) => ({ name, description: `go ${name}` }));
    return { ...this.seen(), instruction: "Go north.", actions, defaultAction: "noop", maxSteps: this.maxSteps };
  }

  async step(action: string): Promise<Transition> {
    this.played.push(action);
    const valid = actionNames.includes(action);
    const executed = valid ? action : "noop";
    this.place += executed === "north" ? 1 : executed === "south" ? -1 : 0;
    const terminated = this.place >= this.length;
    const truncated = !terminated && this.played.length >= this.maxSteps;
    return { ...this.seen(), reward: executed === "north" ? 0.5 : 0, terminated, truncated, valid, executed };
  }

  async render(): Promise<undefined> {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private seen() {
    const progress = Math.max(0, Math.min(1, this.place / this.length));
    return { observation: { long: `You are at ${this.place}.`, short: "" }, progress, info: {} };
  }
}

/** What the model does at one call: a reply, a reply cut by its limit, or a fault. */
export type Move = string | { cut: string } | Error;

export const overflow = (): ProviderError =>
  new ProviderError("too long", { code: "context-overflow", data: { promptTokens: 9 } });

export interface Call {
  messages: readonly ChatMessage[];
  options: ChatOptions;
}

/** Says the moves in order; after the last one it is an error to ask on, unless `rest` is given. */
export class FakeModel implements ChatModel {
  readonly identity = { name: "fake:model", provider: "fake" };
  capabilities: ModelCapabilities = {
    overflow: "error",
    seed: true,
    cachedTokens: false,
    streaming: false,
    grammar: "none",
    adapters: "none",
  };
  readonly calls: Call[] = [];
  private readonly moves: Move[];
  private readonly rest: Move | undefined;

  constructor(moves: readonly Move[], rest?: Move) {
    this.moves = [...moves];
    this.rest = rest;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    this.calls.push({ messages, options });
    const move = this.moves.shift() ?? this.rest;
    if (move === undefined) throw new ProviderError("no move is left", { code: "server-error" });
    if (move instanceof Error) throw move;
    const [text, finishReason] = typeof move === "string" ? [move, "stop" as const] : [move.cut, "length" as const];
    return { text, finishReason, usage: { promptTokens: 10, generatedTokens: 2 }, timings: { totalMs: Math.random() } };
  }

  async countTokens(): Promise<undefined> {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A scaffold of the barest words; `hooks` replace its own. What it was shown is kept in `steps`. */
export class FakeScaffold implements Scaffold {
  readonly manifest = {
    schema: "automem.scaffold/1",
    name: "fake",
    version: "1.0.0",
    description: "",
    licence: "MIT",
    entry: "x.ts",
  } as const;
  readonly hash = hashBytes("fake");
  readonly logSteps: StepContext[] = [];
  readonly planSteps: StepContext[] = [];
  episode: EpisodeContext | undefined;
  seed: number | undefined;
  disposed = 0;
  private readonly hooks: Partial<ScaffoldSession>;

  constructor(hooks: Partial<ScaffoldSession> = {}) {
    this.hooks = hooks;
  }

  async open(episode: EpisodeContext, seed: number): Promise<ScaffoldSession> {
    this.episode = episode;
    this.seed = seed;
    return {
      operations: [],
      hiddenOperations: [],
      initFiles: () => ({}),
      onReset: () => undefined,
      onObservation: () => ({}),
      logPrompt: (step) => {
        this.logSteps.push(step);
        return `LOG ${step.stepIndex}`;
      },
      logContinue: (_step, _memory, input) => JSON.stringify(input),
      planPrompt: (step) => {
        this.planSteps.push(step);
        return `PLAN ${step.stepIndex}`;
      },
      planContinue: (_step, _memory, input) => JSON.stringify(input),
      handoff: () => "Now act.",
      onOperation: () => ({ verdict: "allow" }),
      runOperation: () => ({ text: "" }),
      afterLog: () => undefined,
      beforePlan: () => undefined,
      repairAction: (_step, raw) => raw.toLowerCase(),
      validateAction: () => ({ verdict: "accept" }),
      fallbackAction: () => "noop",
      debug: () => undefined,
      state: () => "{}",
      ...this.hooks,
      dispose: () => {
        this.disposed += 1;
      },
    };
  }
}

/** Entries as they would be read back from disk; each is checked against the schema. */
export class FakeSink implements JournalSink {
  readonly lines: string[] = [];
  /** Kinds that were committed, in order. */
  readonly committed: string[] = [];

  add(entry: JournalEntry): void {
    this.lines.push(JSON.stringify(entry));
  }

  async commit(entry: JournalEntry): Promise<void> {
    this.add(entry);
    this.committed.push(entry.kind);
  }

  get entries(): JournalEntry[] {
    return this.lines.map((line) => v.parse(JournalEntry, JSON.parse(line)));
  }

  of<K extends JournalEntry["kind"]>(kind: K): Extract<JournalEntry, { kind: K }>[] {
    return this.entries.filter((entry): entry is Extract<JournalEntry, { kind: K }> => entry.kind === kind);
  }

  /** Operations in one line each: `log READ[a] ok`. */
  operations(filter: (entry: OperationEntry) => boolean = () => true): string[] {
    return this.of("operation")
      .filter(filter)
      .map(
        ({ phase, name, arguments: given, status, failure }) =>
          `${phase} ${name}[${given.join("¦")}] ${status}${failure === undefined ? "" : ` ${failure}`}`,
      );
  }
}

export interface Played {
  game: FakeGame;
  model: FakeModel;
  scaffold: FakeScaffold;
  sink: FakeSink;
  input: EpisodeInput;
}

export interface Setup {
  moves?: readonly Move[];
  /** Said when the moves are used up. */
  rest?: Move;
  hooks?: Partial<ScaffoldSession>;
  agent?: Partial<AgentLimits>;
  memory?: Partial<MemoryLimits>;
  game?: FakeGame;
  input?: Partial<EpisodeInput>;
}

/** An episode of four steps at most, ready to be played. */
export function setUp(setup: Setup): Played {
  const game = setup.game ?? new FakeGame();
  const model = new FakeModel(setup.moves ?? [], setup.rest);
  const scaffold = new FakeScaffold(setup.hooks);
  const sink = new FakeSink();
  const input: EpisodeInput = {
    game,
    model,
    scaffold,
    spec: { task: "walk", seed: 7, options: {} },
    settings: {
      agent: v.parse(AgentLimits, setup.agent ?? {}),
      memory: v.parse(MemoryLimits, setup.memory ?? {}),
      sampling: { temperature: 1, maxTokens: 64 },
    },
    sink,
    cacheKey: "ep0",
    ...setup.input,
  };
  return { game, model, scaffold, sink, input };
}

export async function play(setup: Setup) {
  const played = setUp(setup);
  return { ...played, result: await playEpisode(played.input) };
}

/** Plays one step only, with these replies in PLAN. */
export function planOnly(moves: readonly Move[], setup: Setup = {}) {
  return play({ ...setup, moves, game: new FakeGame(100, 1) });
}

/** Plays two steps, with these replies in the LOG between them. */
export function logOnly(moves: readonly Move[], setup: Setup = {}) {
  return play({
    ...setup,
    moves: ["<|ACTION|>north<|END|>", ...moves, "<|ACTION|>noop<|END|>"],
    game: new FakeGame(100, 2),
  });
}

/** The input of the continue hook that the model was sent at a call. */
export function shownAt(
  model: FakeModel,
  call: number,
): { results: { operation: string; text: string; failed: boolean }[]; callsLeft: number; rejection?: string } {
  return JSON.parse(model.calls[call]!.messages.at(-1)!.content);
}
