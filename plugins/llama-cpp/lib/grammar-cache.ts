/** Grammars by their text, compiled once: a run sends the same few again and again. */
import { type Llama, type LlamaGrammar, LlamaGrammarEvaluationState, type LlamaModel } from "node-llama-cpp";
import { EngineFault, INVALID_PARAMS } from "./faults.ts";
import type { EngineLog } from "./llama-runtime.ts";

/** Compiled grammars kept; beyond, the one that was not used for the longest time goes. */
const KEPT_GRAMMARS = 32;

export class GrammarCache {
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #log: EngineLog;
  /** State before the first token; each reply goes on from a copy. */
  readonly #beginnings = new Map<string, LlamaGrammarEvaluationState>();

  constructor(llama: Llama, model: LlamaModel, log: EngineLog) {
    this.#llama = llama;
    this.#model = model;
    this.#log = log;
  }

  /** A state of its own for one reply. Throws `EngineFault` (`bad-grammar`) with llama.cpp's reason. */
  async begin(text: string): Promise<LlamaGrammarEvaluationState> {
    const beginning = this.#beginnings.get(text) ?? (await this.#compile(text));
    this.#beginnings.delete(text);
    this.#beginnings.set(text, beginning);
    if (this.#beginnings.size > KEPT_GRAMMARS) this.#beginnings.delete(this.#beginnings.keys().next().value!);
    return beginning.clone();
  }

  async #compile(text: string): Promise<LlamaGrammarEvaluationState> {
    let grammar: LlamaGrammar | undefined;
    let reason = "";
    const said = await this.#log.during(async () => {
      try {
        grammar = await this.#llama.createGrammar({ grammar: text });
      } catch (cause) {
        reason = cause instanceof Error ? cause.message : String(cause);
      }
    });
    if (grammar === undefined) {
      const details = said.length === 0 ? "" : ` (${said.join(" | ")})`;
      throw new EngineFault(
        INVALID_PARAMS,
        "bad-grammar",
        `chat: grammar: ${reason}${details}. It must be GBNF with a rule "root".`,
      );
    }
    return new LlamaGrammarEvaluationState({ model: this.#model, grammar });
  }
}
