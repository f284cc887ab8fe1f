/**
 * A model that says what a file tells it to: for tests, tutorials and dry runs. Deterministic, whatever the order in which episodes that run
 * side by side ask. Idea: inspect_ai `src/inspect_ai/model/_providers/mockllm.py`.
 */
import { appendFile, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  FinishReason,
  ModelCapabilities,
  ModelIdentity,
} from "../../core/chat-model.ts";
import { ConfigError, ProviderError } from "../../core/errors.ts";
import { hashBytes } from "../../core/hash.ts";
import type { ModelName } from "../../core/model-name.ts";
import type { ToolMessage, ToolOptions, ToolReply, ToolSpec } from "../../core/tool-calls.ts";
import type { Clock } from "../../platform/clock.ts";
import { chatCall } from "../chat-call.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { wholeMessages } from "../tools/plain-messages.ts";
import { readCalls } from "../tools/read-call.ts";
import { ScriptedAdapters } from "./adapters.ts";
import { type CallPlace, type Choice, ScriptState } from "./choose.ts";
import { parseScript, type Script } from "./script.ts";
import { conversationTokens, cutToTokens, tokensOfMessages, tokensOfText } from "./tokens.ts";

const capabilities: ModelCapabilities = {
  overflow: "error",
  seed: true,
  cachedTokens: true,
  streaming: true,
  grammar: "none",
  adapters: "none",
};

/** Faults that pass by themselves with real servers. */
const PASSING_FAULTS = new Set([
  "unreachable",
  "timeout",
  "bad-response",
  "stream-cut",
  "empty-response",
  "rate-limited",
  "server-error",
  "engine-lost",
]);

/** Reads the script; relative paths are from the working directory. Throws `ConfigError`: `no-script`, `bad-script`. */
export async function openScripted(name: ModelName, settings: ModelSettings, deps: ProviderDeps): Promise<ChatModel> {
  const path = resolve(name.model);
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new ConfigError(`Cannot read the script ${path}: ${cause.message}`, { code: "no-script", cause });
  });
  const script = parseScript(text, path);
  const identity: ModelIdentity = {
    name: name.text,
    provider: "scripted",
    digest: hashBytes(text),
    contextTokens: settings.contextTokens,
  };
  const log = script.log === undefined ? undefined : resolve(dirname(path), script.log);
  return new ScriptedModel(identity, script, settings.contextTokens, log, deps.clock);
}

class ScriptedModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities: ModelCapabilities;
  /** For scripts that tell them apart. */
  readonly adapters: ScriptedAdapters | undefined;
  readonly #state: ScriptState;
  readonly #contextTokens: number;
  readonly #log: string | undefined;
  readonly #clock: Clock;
  #logged: Promise<void> = Promise.resolve();

  constructor(identity: ModelIdentity, script: Script, contextTokens: number, log: string | undefined, clock: Clock) {
    this.identity = identity;
    this.adapters = script.rules.some(({ adapter }) => adapter !== undefined) ? new ScriptedAdapters() : undefined;
    this.capabilities = this.adapters === undefined ? capabilities : { ...capabilities, adapters: "runtime" };
    this.#state = new ScriptState(script);
    this.#contextTokens = contextTokens;
    this.#log = log;
    this.#clock = clock;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    return (await this.#ask(messages, options, false)).reply;
  }

  async chatWithTools(
    conversation: readonly ToolMessage[],
    tools: readonly ToolSpec[],
    options: ToolOptions,
  ): Promise<ToolReply> {
    const messages = wholeMessages(conversation, tools).slice(1);
    const { reply, choice } = await this.#ask(messages, options, true);
    const written = (choice.rule.calls ?? []).map(({ name, arguments: input }) => ({ id: "", name, input }));
    const calls = readCalls(written, conversation, tools);
    const finishReason = reply.finishReason === "stop" && calls.length > 0 ? "calls" : reply.finishReason;
    return { ...reply, calls, finishReason };
  }

  #ask(
    messages: readonly ChatMessage[],
    options: ChatOptions,
    withTools: boolean,
  ): Promise<{ reply: ChatReply; choice: Choice }> {
    // A fault in the script is what the caller sees in the end, so it is not tried again here.
    const { capabilities, identity } = this;
    const call = { modelName: identity.name, options, capabilities, clock: this.#clock, attempts: 1 };
    return chatCall(call, async ({ signal, onText }) => {
      const startedMs = this.#clock.monotonicMs();
      const rank = options.adapter === undefined ? undefined : this.adapters?.rankOf(options.adapter);
      const place = this.#state.place(messages, options.cacheKey, rank);
      this.#checkFits(messages, options.sampling.maxTokens);
      const choice = this.#state.choose(messages, place, withTools);
      await this.#writeLog(messages, place, choice);
      if (choice === undefined) throw this.#noRule(messages, place);
      if (choice.rule.delayMs !== undefined) await this.#clock.sleep(choice.rule.delayMs, signal);
      if (choice.text === undefined) throw this.#scriptedFault(choice, place);
      const firstTokenMs = this.#clock.monotonicMs() - startedMs;
      const { text, finishReason } = shape(choice, options);
      for (const piece of text.match(/\s*\S+|\s+$/gu) ?? []) {
        signal.throwIfAborted();
        onText(piece);
      }
      const cachedTokens = conversationTokens(messages);
      const written = `${text}${choice.rule.calls === undefined ? "" : JSON.stringify(choice.rule.calls)}`;
      const usage = { promptTokens: tokensOfMessages(messages), cachedTokens, generatedTokens: tokensOfText(written) };
      const timings = { totalMs: this.#clock.monotonicMs() - startedMs, firstTokenMs };
      return { reply: { text, finishReason, usage, timings }, choice };
    });
  }

  async countTokens(messages: readonly ChatMessage[]): Promise<number> {
    return tokensOfMessages(messages);
  }

  async close(): Promise<void> {
    await this.#logged;
  }

  #checkFits(messages: readonly ChatMessage[], maxTokens: number): void {
    const promptTokens = tokensOfMessages(messages);
    if (promptTokens + maxTokens <= this.#contextTokens) return;
    throw new ProviderError(
      `The prompt has ${promptTokens} tokens and the reply may take ${maxTokens}, together more than the context of ${this.#contextTokens}.`,
      { code: "context-overflow", data: { promptTokens, contextTokens: this.#contextTokens } },
    );
  }

  #noRule(messages: readonly ChatMessage[], { episode, phase, step, turn }: CallPlace): ProviderError {
    const last = JSON.stringify(messages.at(-1)?.content.slice(-200) ?? "");
    return new ProviderError(
      `${this.identity.name} has no rule for episode "${episode}", phase "${phase}", step ${step}, turn ${turn}. The last message ends: ${last}`,
      { code: "refused", data: { episode, phase, step, turn } },
    );
  }

  #scriptedFault({ rule, ruleIndex }: Choice, { episode, phase }: CallPlace): ProviderError {
    const { code, message, retryable } = rule.fault as NonNullable<typeof rule.fault>;
    return new ProviderError(message ?? `${this.identity.name}: rule ${ruleIndex} asks for the fault "${code}".`, {
      code,
      data: { episode, phase, ruleIndex },
      retryable: retryable ?? PASSING_FAULTS.has(code),
    });
  }

  /** One line a call, in the order of the calls. */
  async #writeLog(messages: readonly ChatMessage[], place: CallPlace, choice: Choice | undefined): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    const line = {
      ...place,
      rule: choice?.ruleIndex ?? null,
      reply: choice?.text ?? null,
      ...(choice?.rule.calls === undefined ? {} : { calls: choice.rule.calls }),
      fault: choice?.rule.fault?.code ?? null,
      lastMessage: messages.at(-1)?.content ?? "",
    };
    this.#logged = this.#logged.then(() => appendFile(log, `${JSON.stringify(line)}\n`));
    await this.#logged;
  }
}

/** The text as a server would have given it: before the first stop text, and no longer than the limit. */
function shape({ rule, text }: Choice, { sampling }: ChatOptions): { text: string; finishReason: FinishReason } {
  const whole = text as string;
  const stops = (sampling.stop ?? []).map((stop) => whole.indexOf(stop)).filter((index) => index >= 0);
  const said = stops.length === 0 ? whole : whole.slice(0, Math.min(...stops));
  const cut = cutToTokens(said, sampling.maxTokens);
  const finishReason = cut.length < said.length ? "length" : stops.length > 0 ? "stop" : (rule.finish ?? "stop");
  return { text: cut, finishReason };
}
