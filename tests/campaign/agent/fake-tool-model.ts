/** A model with tools that says what a test wants, turn by turn. Its calls are read as those of real providers are. */
import type { ChatModel } from "../../../src/core/chat-model.ts";
import { ProviderError } from "../../../src/core/errors.ts";
import type { ToolMessage, ToolOptions, ToolReply, ToolSpec } from "../../../src/core/tool-calls.ts";
import { readCalls } from "../../../src/inference/tools/read-call.ts";

export interface Said {
  text?: string;
  calls?: [name: string, input: unknown][];
  length?: true;
}
export type Answer = Said | Error;

/** A model that says these, one a turn, the last for ever; or what comes of the conversation. Every prompt that it was shown is in `shown`, how it was asked in `sampled`. */
export function modelOf(
  answers: readonly Answer[] | ((conversation: readonly ToolMessage[]) => Answer),
  options: { contextTokens?: number; onAsk?: (turn: number) => void } = {},
) {
  const shown: ToolMessage[][] = [];
  const sampled: ToolOptions["sampling"][] = [];
  const model = {
    identity: {
      name: "fake:m",
      provider: "fake",
      ...(options.contextTokens ? { contextTokens: options.contextTokens } : {}),
    },
    capabilities: {},
    closed: false,
    async chatWithTools(
      conversation: readonly ToolMessage[],
      tools: readonly ToolSpec[],
      { signal, sampling }: ToolOptions,
    ): Promise<ToolReply> {
      if (signal?.aborted) throw new ProviderError("stopped", { code: "cancelled" });
      sampled.push(sampling);
      const turn = conversation.filter(({ role }) => role === "assistant").length;
      shown.push([...conversation]);
      options.onAsk?.(turn);
      const characters = JSON.stringify(conversation).length;
      if (options.contextTokens !== undefined && characters / 4 > options.contextTokens) {
        throw new ProviderError("too long", { code: "context-overflow" });
      }
      const answer =
        typeof answers === "function" ? answers(conversation) : (answers[Math.min(turn, answers.length - 1)] as Answer);
      if (answer instanceof Error) throw answer;
      const { text = "", calls = [] } = answer;
      const written = calls.map(([name, input]) => ({ id: "", name, input }));
      return {
        text,
        calls: readCalls(written, conversation, tools),
        finishReason: answer.length ? "length" : calls.length > 0 ? "calls" : "stop",
        usage: { promptTokens: Math.ceil(characters / 4), generatedTokens: 10 },
        timings: { totalMs: 1 },
      };
    },
    async close() {
      model.closed = true;
    },
  };
  return { model: model as unknown as ChatModel, shown, sampled };
}
