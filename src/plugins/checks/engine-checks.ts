/** The conformance suite of the engine contract: docs/protocol.md, kind `engine`. Without a model file only the checks that need none. */
import { join } from "node:path";
import * as v from "valibot";
import type { EngineChat } from "../../core/engine.ts";
import { AutomemError } from "../../core/errors.ts";
import { type EngineClient, type EngineLimits, engineFault, startEngine } from "../engine-client.ts";
import { type PluginManifest, protocolVersion } from "../manifest.ts";
import { type Launch, PluginProcess } from "../plugin-process.ts";
import { type Check, CheckFailure, expect } from "./check.ts";
import { expectCleanClose, expectExitAtEndOfInput } from "./life-checks.ts";

export interface EngineSubject {
  manifest: PluginManifest;
  launch: Launch;
  automemVersion: string;
  /** Absolute path of a GGUF file; without one, checks that need it are not run. */
  model?: string | undefined;
  contextTokens?: number | undefined;
  limits?: Partial<EngineLimits> | undefined;
}

const answerMs = 120_000;
const question: EngineChat = {
  messages: [
    { role: "system", content: "Answer briefly." },
    { role: "user", content: "Name a colour." },
  ],
  sampling: { temperature: 0, maxTokens: 12 },
};

/** Holds one loaded engine that the checks share. */
export class EngineProbe {
  readonly subject: EngineSubject;
  #shared: EngineClient | undefined;

  constructor(subject: EngineSubject) {
    this.subject = subject;
  }

  /** A process that has not been sent `initialize`; closed afterwards. */
  async bare<T>(work: (process: PluginProcess) => Promise<T>): Promise<T> {
    const process = await PluginProcess.start(this.subject.launch, engineFault, this.subject.limits);
    try {
      return await work(process);
    } finally {
      await process.close();
    }
  }

  async open(): Promise<EngineClient> {
    const { launch, automemVersion, limits, model, contextTokens } = this.subject;
    if (model === undefined) throw new CheckFailure("no model was given");
    return startEngine(
      launch,
      { model, contextTokens: contextTokens ?? 512, sequences: 2 },
      { automemVersion, limits },
    );
  }

  async shared(): Promise<EngineClient> {
    if (this.#shared?.process.hasExited === true) await this.close();
    this.#shared ??= await this.open();
    return this.#shared;
  }

  async close(): Promise<void> {
    await this.#shared?.close();
    this.#shared = undefined;
  }
}

/** Checks that need no model. */
export const engineLifeChecks: readonly Check<EngineProbe>[] = [
  {
    name: "chat-before-initialize",
    sentence: "refuses chat before initialize",
    run: (probe) => probe.bare(async (process) => expectCode(() => rawCall(process, "chat", question), -32003)),
  },
  {
    name: "missing-model",
    sentence: "says so when the model file is not there",
    run: (probe) =>
      probe.bare(async (process) => {
        const model = join(probe.subject.launch.env.AUTOMEM_PLUGIN_DIR ?? "/", "automem-no-such-model.gguf");
        const params = {
          protocolVersion,
          automemVersion: probe.subject.automemVersion,
          model,
          contextTokens: 512,
          sequences: 1,
        };
        return expectCode(() => rawCall(process, "initialize", params), -32002);
      }),
  },
  {
    name: "unknown-method",
    sentence: "refuses an unknown method and goes on",
    run: (probe) =>
      probe.bare(async (process) => {
        await expectCode(() => rawCall(process, "automem/no-such-method", {}), -32601);
        return expectCode(() => rawCall(process, "chat", question), -32003);
      }),
  },
  {
    name: "close",
    sentence: "exits with code 0 after close, without a signal",
    run: (probe) =>
      probe.bare(async (process) => {
        await expectCode(() => rawCall(process, "automem/no-such-method", {}), -32601);
        await expectCleanClose(process);
        return undefined;
      }),
  },
  {
    name: "end-of-input",
    sentence: "exits by itself when its stdin ends",
    run: (probe) =>
      probe.bare(async (process) => {
        await expectCode(() => rawCall(process, "automem/no-such-method", {}), -32601);
        await expectExitAtEndOfInput(process);
        return undefined;
      }),
  },
];

/** Checks that need a model. */
export const engineModelChecks: readonly Check<EngineProbe>[] = [
  {
    name: "ready",
    sentence: "loads a model and tells its name and context",
    run: async (probe) => {
      const { ready } = await probe.shared();
      expect(ready.name === probe.subject.manifest.name, `it calls itself "${ready.name}"`);
      expect(
        ready.contextTokens >= (probe.subject.contextTokens ?? 512),
        `it offers ${ready.contextTokens} tokens of context`,
      );
      return undefined;
    },
  },
  {
    name: "greedy-repeats",
    sentence: "gives the same text twice at temperature 0, with its token counts",
    run: async (probe) => {
      const engine = await probe.shared();
      const first = await engine.chat(question, { timeoutMs: answerMs });
      const again = await engine.chat(question, { timeoutMs: answerMs });
      expect(first.text === again.text, `${JSON.stringify(first.text)} and then ${JSON.stringify(again.text)}`);
      expect(first.usage.promptTokens > 0, "it counts no prompt tokens");
      expect(
        first.usage.generatedTokens > 0 && first.usage.generatedTokens <= 12,
        `it counts ${first.usage.generatedTokens} generated tokens of at most 12`,
      );
      expect(again.usage.cachedTokens <= again.usage.promptTokens, "it counts more cached than prompt tokens");
      return undefined;
    },
  },
  {
    name: "stream",
    sentence: "streams pieces that add up to the reply",
    run: async (probe) => {
      const pieces: string[] = [];
      const engine = await probe.shared();
      const { text } = await engine.chat(question, { timeoutMs: answerMs, onText: (piece) => pieces.push(piece) });
      expect(
        pieces.join("") === text,
        `the pieces give ${JSON.stringify(pieces.join(""))}, the reply is ${JSON.stringify(text)}`,
      );
      return undefined;
    },
  },
  {
    name: "tokenize",
    sentence: "counts the tokens of a prompt as a chat does",
    run: async (probe) => {
      const engine = await probe.shared();
      const counted = await engine.countTokens(question.messages);
      const { usage } = await engine.chat(
        { ...question, sampling: { temperature: 0, maxTokens: 1 } },
        { timeoutMs: answerMs },
      );
      expect(counted === usage.promptTokens, `tokenize says ${counted}, chat ${usage.promptTokens}`);
      return undefined;
    },
  },
  {
    name: "overflow",
    sentence: "refuses a prompt that does not fit and says how long it is, cutting nothing",
    run: async (probe) => {
      const engine = await probe.shared();
      const content = "word ".repeat(engine.ready.contextTokens + 100);
      const work = () => engine.chat({ ...question, messages: [{ role: "user", content }] }, { timeoutMs: answerMs });
      const data = await expectData(work, -32004);
      expect(
        Number(data.promptTokens) > engine.ready.contextTokens,
        `it says the prompt has ${String(data.promptTokens)} tokens`,
      );
      return undefined;
    },
  },
  {
    name: "overlap",
    sentence: "answers two chats that are asked at once",
    run: async (probe) => {
      const engine = await probe.shared();
      const alone = await engine.chat(question, { timeoutMs: answerMs });
      const both = await Promise.all(
        ["a", "b"].map((cacheKey) => engine.chat({ ...question, cacheKey }, { timeoutMs: answerMs })),
      );
      for (const { text } of both)
        expect(text === alone.text, `alone ${JSON.stringify(alone.text)}, together ${JSON.stringify(text)}`);
      return undefined;
    },
  },
  {
    name: "cancel",
    sentence: "lets go of a cancelled chat and answers the next",
    run: async (probe) => {
      const engine = await probe.shared();
      const abort = new AbortController();
      const long: EngineChat = {
        messages: [{ role: "user", content: "Count from one upwards, each number in words." }],
        sampling: { temperature: 0, maxTokens: 300 },
      };
      const options = { timeoutMs: answerMs, signal: abort.signal, onText: () => abort.abort() };
      const outcome = await engine.chat(long, options).catch((cause: unknown) => cause);
      expect(
        outcome instanceof AutomemError && outcome.code === "cancelled",
        "the cancelled chat was answered as if nothing was said",
      );
      await engine.chat(question, { timeoutMs: answerMs });
      return undefined;
    },
  },
  {
    name: "stats",
    sentence: "tells its counts",
    run: async (probe) => {
      const stats = await (await probe.shared()).stats();
      for (const key of ["sequences", "generatedTokens", "promptTokens", "cachedTokens"]) {
        expect(typeof stats[key] === "number", `stats has no number ${key}`);
      }
      return undefined;
    },
  },
];

function rawCall(process: PluginProcess, method: string, params: object): Promise<unknown> {
  return process.call(method, params, v.unknown(), { timeoutMs: answerMs, during: method });
}

async function expectCode(work: () => Promise<unknown>, rpcCode: number): Promise<undefined> {
  await expectData(work, rpcCode);
  return undefined;
}

/** The data of the error with that number; throws `CheckFailure` for any other outcome. */
async function expectData(work: () => Promise<unknown>, rpcCode: number): Promise<Record<string, unknown>> {
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof AutomemError)) throw cause;
    expect(
      cause.data.rpcCode === rpcCode,
      `expected error ${rpcCode}; got ${String(cause.data.rpcCode ?? cause.code)}: ${cause.message}`,
    );
    return cause.data;
  }
  throw new CheckFailure(`expected error ${rpcCode}; it was accepted`);
}
