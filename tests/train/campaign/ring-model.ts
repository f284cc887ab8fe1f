/**
 * A base and its adapters on the ring of rooms. The base alone looks into its notes and goes on or stays, by the hash of what it sees; with an
 * adapter, the specialist says in what it looks up whether to go, and the base does so. How often depends on the adapter's own files.
 */
import type { ChatMessage, ChatModel, ChatOptions, ChatReply } from "../../../src/core/chat-model.ts";
import type { Hash } from "../../../src/core/hash.ts";
import { hashBytes } from "../../../src/core/hash.ts";

export class RingModel implements ChatModel {
  readonly identity = { name: "hash:model", provider: "hash" };
  readonly capabilities = {
    overflow: "error",
    seed: true,
    cachedTokens: false,
    streaming: false,
    grammar: "none",
    adapters: "runtime",
  } as const;
  /** Hashes of all calls answered. */
  readonly answered: string[] = [];
  /** How often each goes on, in [0, 1]. */
  readonly #base: number;
  readonly #adapters = new Map<Hash, number>();
  readonly #before: (calls: number) => void;

  /** `before` each call, with the number of calls before it; may throw. */
  constructor(base: number, before: (calls: number) => void = () => undefined) {
    this.#base = base;
    this.#before = before;
  }

  load(adapter: Hash, share: number): void {
    this.#adapters.set(adapter, share);
  }

  unload(adapter: Hash): void {
    this.#adapters.delete(adapter);
  }

  get loaded(): Hash[] {
    return [...this.#adapters.keys()];
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    this.#before(this.answered.length);
    const text = options.cacheKey?.endsWith("/log") ? this.#log(messages, options) : this.#plan(messages, options);
    this.answered.push(hashBytes(JSON.stringify([options.adapter, options.cacheKey, messages])));
    const usage = { promptTokens: JSON.stringify(messages).length, generatedTokens: text.length };
    return { text, finishReason: "stop", usage, timings: { totalMs: 1 } };
  }

  async countTokens(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    return undefined;
  }

  #log(messages: readonly ChatMessage[], { adapter }: ChatOptions): string {
    if (adapter !== undefined) this.#shareOf(adapter);
    const seen = hashBytes(messages[0]?.content ?? "").slice(0, 8);
    return `<|APPEND|>notes.md|saw ${seen}, so GO or WAIT\n<|END|><|DONE|>`;
  }

  #plan(messages: readonly ChatMessage[], { adapter }: ChatOptions): string {
    const [prompt, ...rest] = messages;
    const lot = Number.parseInt(hashBytes(prompt?.content ?? "").slice(0, 6), 16) / 0x1000000;
    if (adapter !== undefined) {
      const goes = lot < this.#shareOf(adapter);
      return rest.length === 0 ? `<|SEARCH|>notes.md|${goes ? "GO" : "WAIT"}<|END|>` : "<|ACTION|>on<|END|>";
    }
    const said = rest.filter(({ role }) => role === "assistant").map(({ content }) => content);
    if (said.some((content) => content.includes("|GO<"))) return "<|ACTION|>on<|END|>";
    if (said.some((content) => content.includes("|WAIT<"))) return "<|ACTION|>stay<|END|>";
    if (rest.length === 0) return "<|TAIL|>notes.md|3<|END|>";
    return lot < this.#base ? "<|ACTION|>on<|END|>" : "<|ACTION|>stay<|END|>";
  }

  #shareOf(adapter: Hash): number {
    const share = this.#adapters.get(adapter);
    if (share === undefined) throw new Error(`adapter ${adapter} is not loaded`);
    return share;
  }
}
