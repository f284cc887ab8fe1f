/** Asks a model for LOG and PLAN replies under their grammars, and tells what went wrong with them. */
import type { ChatModel } from "../../src/core/chat-model.ts";
import type { GrammarForm } from "../../src/core/grammar.ts";
import { checkOperation } from "../../src/memory/answers.ts";
import { parseTurn } from "../../src/memory/grammar.ts";
import { operationTable } from "../../src/memory/operation-table.ts";
import { toGbnf } from "../../src/memory/reply-grammar/gbnf.ts";
import { operationText } from "../../src/memory/reply-grammar/json-reply.ts";
import { toJsonSchema } from "../../src/memory/reply-grammar/json-schema.ts";
import { replyShape } from "../../src/memory/reply-grammar/shape.ts";

export interface ConstrainedReplies {
  replies: number;
  /** Format failures, with what was written. */
  failures: string[];
  unknownActions: string[];
  /** Replies that reached their limit of tokens. */
  cut: number;
}

const table = operationTable([]);
const actions = ["Noop", "Move West", "Move East", "Do", "Place Table", "Make Wood Pickaxe"];
const limits = {
  files: 64,
  fileCharacters: 65_536,
  folderCharacters: 524_288,
  writeCharacters: 16_384,
  resultCharacters: 4_000,
  resultLines: 200,
};

const prompts = {
  log: "You play a game and keep notes. You went west and saw a tree. Write it down, for example:\n<|APPEND|>notes.txt|what happened<|END|>\n<|DONE|>",
  plan: `You play a game. You see a tree in the west. Your actions: ${actions.join(", ")}. Choose one, for example: <|ACTION|>Move West<|END|>`,
};

/** Temperature 1, every call with a seed of its own; LOG and PLAN in turn, every second PLAN its last call. */
export async function constrainedReplies(
  model: ChatModel,
  { count, maxTokens, form }: { count: number; maxTokens: number; form: GrammarForm },
): Promise<ConstrainedReplies> {
  const found: ConstrainedReplies = { replies: 0, failures: [], unknownActions: [], cut: 0 };
  for (let index = 0; index < count; index += 1) {
    const phase = index % 2 === 0 ? "log" : "plan";
    const files = ["map.txt", "notes.txt"];
    const turn = { phase, first: true, last: index % 4 === 3, files, mayMakeFiles: true, hidden: [] } as const;
    const shape = replyShape({ ...turn, table, actions, maxTokens, writeCharacters: limits.writeCharacters });
    const grammar = form === "gbnf" ? { form, text: toGbnf(shape) } : { form, schema: toJsonSchema(shape, table) };
    const reply = await model.chat([{ role: "user", content: prompts[phase] }], {
      sampling: { temperature: 1, maxTokens, seed: 1000 + index },
      grammar,
      cacheKey: `constrained/${phase}`,
      timeoutMs: 120_000,
    });
    found.replies += 1;
    const cut = reply.finishReason === "length";
    if (cut) found.cut += 1;
    const text = form === "gbnf" ? reply.text : operationText(reply.text, table, cut);
    const items = parseTurn(text, table, cut);
    if (items.length === 0) found.failures.push(`no operation: ${reply.text}`);
    for (const item of items) {
      if (item.kind === "failure") {
        found.failures.push(`${item.failure}: ${reply.text}`);
        continue;
      }
      const { operation } = item;
      const refused = checkOperation(operation, table.get(operation.name)!, phase, limits);
      if (refused !== undefined || item.unclosed) found.failures.push(`${refused?.failure ?? "unclosed"}: ${text}`);
      if (operation.name === "ACTION" && !actions.includes(operation.arguments[0]!)) found.unknownActions.push(text);
    }
  }
  return found;
}
