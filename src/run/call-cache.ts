/**
 * Replies kept by what was asked: weights, adapter, messages, sampling, grammar, and which sample it is. Off unless asked for. Files in
 * `AUTOMEM_HOME/calls/ab/HASH.json`; the folder can be deleted.
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import type { ChatMessage, ChatModel, ChatOptions, ChatReply, ModelIdentity } from "../core/chat-model.ts";
import { StoreError } from "../core/errors.ts";
import { type Hash, hashJson } from "../core/hash.ts";
import { writeAtomic } from "../platform/atomic-write.ts";

const Count = v.optional(v.number());
const KeptReply = v.object({
  schema: v.literal("automem.call/1"),
  text: v.string(),
  finishReason: v.picklist(["stop", "length"]),
  usage: v.object({ promptTokens: Count, cachedTokens: Count, generatedTokens: Count }),
});

export class CallCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `undefined` if there is none, or none that can be read: it is then asked for again. */
  async find(key: Hash): Promise<ChatReply | undefined> {
    const text = await readFile(this.#pathOf(key), "utf8").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return "";
      throw new StoreError(
        `The call cache cannot be read: ${cause.message}. Delete ${this.#folder}, or run without --cache-calls.`,
        {
          code: "unreadable",
          cause,
        },
      );
    });
    const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), KeptReply), text);
    if (!kept.success) return undefined;
    const { text: reply, finishReason, usage } = kept.output;
    return { text: reply, finishReason, usage, timings: { totalMs: 0 }, fromCache: true };
  }

  async keep(key: Hash, { text, finishReason, usage }: ChatReply): Promise<void> {
    const path = this.#pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    await writeAtomic(path, `${JSON.stringify({ schema: "automem.call/1", text, finishReason, usage })}\n`);
  }

  #pathOf(key: Hash): string {
    return join(this.#folder, key.slice(0, 2), `${key}.json`);
  }
}

/**
 * What a reply depends on. A server that does not say its weights is known by its name and version only. `sample` tells apart replies that
 * are drawn: at temperature 0 there is only one.
 */
export function callKey(
  identity: ModelIdentity,
  messages: readonly ChatMessage[],
  { sampling, adapter, grammar }: Pick<ChatOptions, "sampling" | "adapter" | "grammar">,
  sample: string,
): Hash {
  const { digest, name, serverVersion, contextTokens } = identity;
  const model = digest === undefined ? { name, serverVersion } : { digest };
  const drawn = sampling.temperature === 0 ? "" : sample;
  const key = { model, contextTokens, adapter, grammar, sampling, sample: drawn, messages: [...messages] };
  return hashJson(JSON.parse(JSON.stringify(key)));
}

/** A model of one episode that looks into the cache first. The sample is the episode and how often it asked the same before. */
export class CachedCalls implements ChatModel {
  readonly #model: ChatModel;
  readonly #cache: CallCache;
  readonly #episode: string;
  readonly #asked = new Map<Hash, number>();

  /** `episode`: task and seed. `model` may be shared and is not closed here. */
  constructor(model: ChatModel, cache: CallCache, episode: string) {
    this.#model = model;
    this.#cache = cache;
    this.#episode = episode;
  }

  get identity() {
    return this.#model.identity;
  }

  get capabilities() {
    return this.#model.capabilities;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const content = callKey(this.identity, messages, options, this.#episode);
    const before = this.#asked.get(content) ?? 0;
    this.#asked.set(content, before + 1);
    const key = callKey(this.identity, messages, options, `${this.#episode}#${before}`);
    const kept = await this.#cache.find(key);
    if (kept !== undefined) {
      options.onText?.(kept.text);
      return kept;
    }
    const reply = await this.#model.chat(messages, options);
    await this.#cache.keep(key, reply);
    return reply;
  }

  countTokens(messages: readonly ChatMessage[]): Promise<number | undefined> {
    return this.#model.countTokens(messages);
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}
