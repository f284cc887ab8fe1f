/** A game, a model and a scaffold that are made up but whole, for tests of runs; all of them decided by what they are given. */

import * as v from "valibot";
import type { ChatMessage, ChatModel, ChatOptions, ChatReply } from "../../src/core/chat-model.ts";
import { ProviderError } from "../../src/core/errors.ts";
import type { EpisodeSpec, Game, GameStart, Transition } from "../../src/core/game.ts";
import { hashBytes } from "../../src/core/hash.ts";
import { RunSettings } from "../../src/core/run-settings.ts";
import { systemClock } from "../../src/platform/clock.ts";
import type { RunDependencies } from "../../src/run/dependencies.ts";
import type { RunEvent } from "../../src/run/events.ts";
import { Store } from "../../src/store/store.ts";
import { FakeScaffold } from "../agent/support.ts";

/** A ring of eight rooms; what is seen follows from seed, room and step. Progress is the share of rooms visited. */
export class RingGame implements Game {
  readonly identity = { name: "ring", version: "1.0.0", pluginHash: "p", packages: {}, clockFrozen: null };
  readonly tasks = [
    { id: "left", description: "", maxSteps: 6 },
    { id: "Right Turn", description: "", maxSteps: 6 },
  ];
  closed = false;
  #spec: EpisodeSpec = { task: "", seed: 0, options: {} };
  #room = 0;
  #steps = 0;
  #visited = new Set<number>();
  readonly #maxSteps: number;
  readonly #onStep: (spec: EpisodeSpec, step: number) => void;

  /** `onStep` may throw, to be a game that fails. */
  constructor(maxSteps = 6, onStep: (spec: EpisodeSpec, step: number) => void = () => undefined) {
    this.#maxSteps = maxSteps;
    this.#onStep = onStep;
  }

  async reset(spec: EpisodeSpec): Promise<GameStart> {
    this.#spec = spec;
    this.#room = 0;
    this.#steps = 0;
    this.#visited = new Set([0]);
    const actions = ["on", "back", "stay"].map((name) => ({ name, description: `go ${name}` }));
    return {
      ...this.#seen(),
      instruction: "Visit all rooms.",
      actions,
      defaultAction: "stay",
      maxSteps: this.#maxSteps,
    };
  }

  async step(action: string): Promise<Transition> {
    this.#onStep(this.#spec, this.#steps);
    const valid = ["on", "back", "stay"].includes(action);
    const executed = valid ? action : "stay";
    this.#room = (this.#room + (executed === "on" ? 1 : executed === "back" ? 7 : 0)) % 8;
    this.#visited.add(this.#room);
    this.#steps++;
    const truncated = this.#steps >= this.#maxSteps;
    return { ...this.#seen(), reward: this.#visited.size / 8, terminated: false, truncated, valid, executed };
  }

  async render(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #seen() {
    const { task, seed } = this.#spec;
    const long = `Room ${this.#room} of ${task}.\n\nOn the wall: ${hashBytes(`${seed}/${this.#room}/${this.#steps % 3}`)}`;
    return {
      observation: { long, short: `step ${this.#steps}` },
      progress: this.#visited.size / 8,
      info: { room: this.#room },
    };
  }
}

/** Chooses each reply by the hash of what it is asked. Long conversations do not fit, now and then. */
export class HashModel implements ChatModel {
  readonly identity = { name: "hash:model", provider: "hash" };
  readonly capabilities = {
    overflow: "error",
    seed: true,
    cachedTokens: false,
    streaming: false,
    grammar: "none",
    adapters: "none",
  } as const;
  /** Hashes of all calls answered. */
  readonly answered: string[] = [];
  readonly #before: (messages: readonly ChatMessage[], options: ChatOptions) => Promise<void> | void;

  /** `before` each call; may throw, to be a server that fails. */
  constructor(
    before: (messages: readonly ChatMessage[], options: ChatOptions) => Promise<void> | void = () => undefined,
  ) {
    this.#before = before;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    await this.#before(messages, options);
    const asked = hashBytes(JSON.stringify([options.cacheKey?.replace(/.*\//, ""), messages]));
    const choice = Number.parseInt(asked.slice(0, 6), 16);
    if (messages.length > 1 && choice % 5 === 0) throw new ProviderError("does not fit", { code: "context-overflow" });
    const text = hashReply(options.cacheKey?.endsWith("/log") === true, asked);
    this.answered.push(asked);
    return {
      text,
      finishReason: "stop",
      usage: { promptTokens: choice % 1000, generatedTokens: text.length },
      timings: { totalMs: 2 },
    };
  }

  async countTokens(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    return undefined;
  }
}

/** A reply that follows from the hash of what was asked. */
export function hashReply(isLog: boolean, asked: string): string {
  const choice = Number.parseInt(asked.slice(0, 6), 16);
  return isLog ? logReply(choice, asked) : planReply(choice);
}

function logReply(choice: number, asked: string): string {
  const note = `<|APPEND|>notes.md|saw ${asked.slice(0, 12)}\n<|END|>`;
  return [note, `${note}<|DONE|>`, "<|WRITE|>plan.md|go on\n\nthen on<|END|>", "<|DONE|>", "nothing to say"][
    choice % 5
  ]!;
}

function planReply(choice: number): string {
  const replies = [
    "<|ACTION|>on<|END|>",
    "<|ACTION|>back<|END|>",
    "<|TAIL|>notes.md|3<|END|>",
    "<|SEARCH|>notes.md|saw 1<|END|>",
    "<|ACTION|>fly<|END|>",
    "hm",
  ];
  return replies[choice % replies.length]!;
}

/** Prompts that hold all of the step, so that no two calls of an episode are alike. */
export function ringScaffold(): FakeScaffold {
  return new FakeScaffold({
    fallbackAction: () => "stay",
    initFiles: () => ({ "notes.md": "# Notes\n" }),
    logPrompt: (step, memory) =>
      `LOG ${step.stepIndex}\n\n${step.observation.long}\n\n${JSON.stringify(memory.list())}`,
    planPrompt: (step, memory) => `PLAN ${step.stepIndex}\n\n${step.observation.long}\n\n${memory.read("notes.md")}`,
    afterLog: (step, memory) => {
      if (step.stepIndex % 2 === 0) memory.append("marks.md", `after ${step.stepIndex}\n`);
    },
  });
}

export function ringSettings(changes: Partial<RunSettings> = {}): RunSettings {
  const agent = { logCalls: 3, planCalls: 4 };
  return v.parse(RunSettings, { game: "ring", model: "hash:model", seeds: [1], tasks: ["left"], agent, ...changes });
}

/** Dependencies with the fakes; what was told is kept in `events`. */
export async function ringDependencies(
  folder: string,
  changes: Partial<RunDependencies> = {},
): Promise<RunDependencies & { events: RunEvent[] }> {
  const events: RunEvent[] = [];
  return {
    store: await Store.open(folder),
    openGame: async () => new RingGame(),
    model: new HashModel(),
    scaffold: ringScaffold(),
    clock: systemClock,
    automemVersion: "0.1.0",
    onEvent: (event) => {
      events.push(event);
    },
    ...changes,
    events,
  };
}
