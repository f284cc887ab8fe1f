/** The conversation of one phase: what was said, the calls made, and their journal entries. */
import type { ChatMessage, ChatOptions, ChatReply, Usage } from "../core/chat-model.ts";
import { ProviderError } from "../core/errors.ts";
import type { Phase } from "../core/memory-op.ts";
import { callSeed } from "./call-seed.ts";
import type { EpisodeRun, Speaker } from "./episode-run.ts";
import { addUsage } from "./events.ts";
import { checkStop, stopOr } from "./stop.ts";

/** Said after the prompt when the conversation had to begin anew. */
const noRoomNote =
  "Note: what you looked up before no longer fits and was dropped. Do not look anything up again. Choose now: <|ACTION|>name<|END|>";

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
   * Calls the model, commits the call to the journal and takes the reply into the conversation, or what `keep` makes of it.
   * Throws what the model throws (`ProviderError`), with `context-overflow` of a first prompt explained, and `EpisodeStopped`.
   */
  async ask(speaker: Speaker, keep: (reply: ChatReply) => string = textOf): Promise<ChatReply> {
    const { run, stepIndex, phase } = this;
    checkStop(run.signal, stepIndex);
    const reply = await this.chat(speaker);
    const callIndex = this.calls;
    const kept = keep(reply);
    await run.sink.commit({
      kind: "call",
      stepIndex,
      phase,
      callIndex,
      speaker: speaker.role,
      added: this.added,
      fresh: this.fresh,
      reply: reply.text,
      ...(kept === reply.text ? {} : { kept }),
      finishReason: reply.finishReason,
      usage: knownCounts(reply.usage),
    });
    this.messages.push({ role: "assistant", content: kept });
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
      cacheKey: `${speaker.role === "base" ? "" : "specialist/"}${run.cacheKey}/${phase}`,
      adapter: speaker.adapter,
      grammar: run.constraint?.grammar(speaker.model, {
        phase,
        first: this.calls === 0,
        last: this.isLastCall(speaker),
      }),
      timeoutMs: run.limits.callTimeoutMs,
      signal: run.signal,
    };
  }

  /** Consulting never ends PLAN: what is looked up in its last call is told to the base model. */
  private isLastCall({ role }: Speaker): boolean {
    if (role === "specialist" && this.phase === "plan") return false;
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

function textOf({ text }: ChatReply): string {
  return text;
}

/** PLAN: a conversation that has outgrown the context begins anew with the prompt; a prompt that does not fit by itself is an error. */
export async function askOrBeginAnew(
  conversation: Conversation,
  speaker: Speaker,
  prompt: string,
  keep?: (reply: ChatReply) => string,
): Promise<ChatReply> {
  try {
    return await conversation.ask(speaker, keep);
  } catch (thrown) {
    if (conversation.isFresh || !isOverflow(thrown)) throw thrown;
  }
  conversation.begin(`${prompt}\n\n${noRoomNote}`);
  return await conversation.ask(speaker, keep);
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
