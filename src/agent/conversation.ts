/** The conversation of one phase: what was said, the calls made, and their journal entries. */
import type { ChatMessage, ChatOptions, ChatReply, Usage } from "../core/chat-model.ts";
import { ProviderError } from "../core/errors.ts";
import type { Phase } from "../core/memory-op.ts";
import { callSeed } from "./call-seed.ts";
import type { EpisodeRun, Speaker } from "./episode-run.ts";
import { addUsage } from "./events.ts";
import { checkStop, stopOr } from "./stop.ts";

export class Conversation {
  private readonly run: EpisodeRun;
  private readonly stepIndex: number;
  private readonly phase: Phase;
  private messages: ChatMessage[] = [];
  private added: ChatMessage[] = [];
  private fresh = true;
  private calls = 0;

  constructor(run: EpisodeRun, stepIndex: number, phase: Phase) {
    this.run = run;
    this.stepIndex = stepIndex;
    this.phase = phase;
  }

  /** Calls answered so far, restarts included; the index of the next call. */
  get callCount(): number {
    return this.calls;
  }

  /** True until the first reply after `begin`. */
  get isFresh(): boolean {
    return this.fresh;
  }

  /** Forgets all that was said and begins with `prompt`. */
  begin(prompt: string): void {
    this.messages = [];
    this.added = [];
    this.fresh = true;
    this.say(prompt);
  }

  /** Adds a user message, to be sent with the next call. */
  say(text: string): void {
    const message: ChatMessage = { role: "user", content: text };
    this.messages.push(message);
    this.added.push(message);
  }

  /**
   * Calls the model, commits the call to the journal and takes the reply into the conversation.
   * Throws what the model throws (`ProviderError`), with `context-overflow` of a first prompt explained, and `EpisodeStopped`.
   */
  async ask(speaker: Speaker): Promise<ChatReply> {
    const { run, stepIndex, phase } = this;
    checkStop(run.signal, stepIndex);
    const reply = await this.chat(speaker);
    const callIndex = this.calls;
    await run.sink.commit({
      kind: "call",
      stepIndex,
      phase,
      callIndex,
      speaker: speaker.role,
      added: this.added,
      fresh: this.fresh,
      reply: reply.text,
      finishReason: reply.finishReason,
      usage: knownCounts(reply.usage),
    });
    this.messages.push({ role: "assistant", content: reply.text });
    this.added = [];
    this.fresh = false;
    this.calls += 1;
    run.stepUsage = addUsage(run.stepUsage, reply.usage);
    run.onEvent({ kind: "call-end", stepIndex, phase, callIndex, usage: reply.usage, timings: reply.timings });
    return reply;
  }

  private async chat(speaker: Speaker): Promise<ChatReply> {
    const options = this.options(speaker);
    try {
      const reply = await speaker.model.chat([...this.messages], options);
      return this.run.constraint?.asText(reply, options) ?? reply;
    } catch (thrown) {
      if (this.fresh && isOverflow(thrown)) throw this.promptOverflow(thrown);
      throw stopOr(thrown, this.run.signal, this.stepIndex);
    }
  }

  private options(speaker: Speaker): ChatOptions {
    const { run, stepIndex, phase } = this;
    const place = { task: run.spec.task, episodeSeed: run.spec.seed, stepIndex, phase, callIndex: this.calls };
    const { seed } = run.sampling;
    return {
      sampling: seed === undefined ? run.sampling : { ...run.sampling, seed: callSeed(seed, place) },
      cacheKey: `${run.cacheKey}/${phase}`,
      grammar: run.constraint?.grammar(speaker.model, { phase, first: this.calls === 0, last: this.isLastCall() }),
      timeoutMs: run.limits.callTimeoutMs,
      signal: run.signal,
    };
  }

  private isLastCall(): boolean {
    const { logCalls, planCalls } = this.run.limits;
    return this.calls + 1 >= (this.phase === "log" ? logCalls : planCalls);
  }

  private promptOverflow(cause: ProviderError): ProviderError {
    const phase = this.phase.toUpperCase();
    return new ProviderError(
      `The ${phase} prompt of step ${this.stepIndex} does not fit the model's context: ${cause.message} ` +
        "Give the model a larger context (contextTokens), or lower sampling.maxTokens or the limits under memory.",
      { code: cause.code, data: { ...cause.data, stepIndex: this.stepIndex, phase: this.phase }, cause },
    );
  }
}

/** True if a prompt, with room for the reply, did not fit the model's context. */
export function isOverflow(thrown: unknown): thrown is ProviderError {
  return thrown instanceof ProviderError && thrown.code === "context-overflow";
}

/** Without the counts the server did not say, so that an entry read back equals the one written. */
function knownCounts(usage: Usage): Usage {
  const known: Usage = {};
  if (usage.promptTokens !== undefined) known.promptTokens = usage.promptTokens;
  if (usage.cachedTokens !== undefined) known.cachedTokens = usage.cachedTokens;
  if (usage.generatedTokens !== undefined) known.generatedTokens = usage.generatedTokens;
  return known;
}
