/** Holds the replies of an episode to a grammar: which one a call gets, and what its reply is as operations. */
import type { ChatModel, ChatOptions, ChatReply } from "../core/chat-model.ts";
import { ConfigError } from "../core/errors.ts";
import type { GrammarForm, ReplyGrammar } from "../core/grammar.ts";
import type { MemoryLimits } from "../core/run-settings.ts";
import type { MemoryFolder } from "../memory/folder.ts";
import type { OperationTable } from "../memory/operation-table.ts";
import { toGbnf } from "../memory/reply-grammar/gbnf.ts";
import { operationText } from "../memory/reply-grammar/json-reply.ts";
import { toJsonSchema } from "../memory/reply-grammar/json-schema.ts";
import { type ReplyShapeInput, replyShape, writableActions } from "../memory/reply-grammar/shape.ts";

/** What stays the same for an episode. */
export interface ConstraintSetup {
  folder: MemoryFolder;
  table: OperationTable;
  hidden: readonly string[];
  /** The game's action names. */
  actions: readonly string[];
  maxTokens: number;
}

/** The place of a call in its phase; see `ReplyShapeInput`. */
export type CallTurn = Pick<ReplyShapeInput, "phase" | "first" | "last">;

/** Grammars kept at most: a few for each set of files, of which the last ones are used again. */
const keptGrammars = 16;

export class Constraint {
  readonly #setup: ConstraintSetup;
  readonly #actions: readonly string[];
  readonly #kept = new Map<string, ReplyGrammar>();

  /** Throws `ConfigError` (`no-grammar`) for a game none of whose actions can be written as an operation. */
  constructor(setup: ConstraintSetup) {
    this.#setup = setup;
    this.#actions = writableActions(setup.actions, setup.table);
    if (this.#actions.length > 0) return;
    throw new ConfigError("No action of this game can be written as an ACTION, so replies cannot be constrained.", {
      code: "no-grammar",
    });
  }

  /**
   * The grammar of a call, in the form that `model` takes. The same object for the same files, turn and form, so that a server's cache of
   * compiled grammars holds. Throws `ConfigError` (`no-grammar`) if the model takes none.
   */
  grammar(model: ChatModel, turn: CallTurn): ReplyGrammar {
    const form = model.capabilities.grammar;
    if (form === "none") throw noGrammar(model.identity.name);
    const files = this.#setup.folder.list().map(({ name }) => name);
    const key = [form, turn.phase, turn.first, turn.last, ...files].join("|");
    const grammar = this.#kept.get(key) ?? this.#make(form, turn, files);
    this.#kept.delete(key);
    this.#kept.set(key, grammar);
    if (this.#kept.size > keptGrammars) this.#kept.delete(this.#kept.keys().next().value!);
    return grammar;
  }

  /** The reply with its operations as text, whatever the grammar's form was. A recorded reply is text already and stays as it is. */
  asText(reply: ChatReply, { grammar }: ChatOptions): ChatReply {
    if (grammar?.form !== "json-schema") return reply;
    return { ...reply, text: operationText(reply.text, this.#setup.table, reply.finishReason === "length") };
  }

  #make(form: GrammarForm, turn: CallTurn, files: readonly string[]): ReplyGrammar {
    const { table, hidden, maxTokens, folder } = this.#setup;
    const limits: MemoryLimits = folder.limits;
    const shape = replyShape({
      ...turn,
      table,
      hidden,
      files,
      mayMakeFiles: files.length < limits.files,
      actions: this.#actions,
      maxTokens,
      writeCharacters: limits.writeCharacters,
    });
    return form === "gbnf" ? { form, text: toGbnf(shape) } : { form, schema: toJsonSchema(shape, table) };
  }
}

/** The fault of a model that replies freely only. `providers`: those that know a grammar. */
export function noGrammar(modelName: string, providers: readonly string[] = []): ConfigError {
  const choice = providers.length === 0 ? "" : ` Providers that can: ${providers.join(", ")}.`;
  return new ConfigError(
    `${modelName} cannot hold its replies to a grammar.${choice} Choose another model, or run without --constrain.`,
    { code: "no-grammar", data: { model: modelName } },
  );
}
