/**
 * A scripted tool-calling server that speaks OpenAI's protocol on loopback. What it says depends on the request alone, so a client that was
 * killed and asks again is answered the same.
 */
import { callPieces } from "../conformance/dialects/openai.ts";
import { streamed } from "../inference/support.ts";

export interface ServerMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
}

export interface ServerReply {
  text?: string;
  calls?: { name: string; arguments: unknown }[];
}

export interface ToolServer {
  /** As a model's name: `openai:reviewer@http://127.0.0.1:PORT/v1`. */
  model: string;
  /** One entry a chat request: how many replies its conversation had, and its last message. */
  asked: { turn: number; last: string }[];
  stop(): Promise<void>;
}

/** `answer`: from the conversation, and the number of replies in it. */
export function startToolServer(answer: (messages: ServerMessage[], turn: number) => ServerReply): ToolServer {
  const asked: ToolServer["asked"] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/v1/models") return Response.json({ data: [{ id: "reviewer", max_model_len: 100_000 }] });
      if (pathname !== "/v1/chat/completions") return new Response("not here", { status: 404 });
      const { messages } = (await request.json()) as { messages: ServerMessage[] };
      const turn = messages.filter(({ role }) => role === "assistant").length;
      asked.push({ turn, last: messages.at(-1)?.content ?? "" });
      return replyAs(answer(messages, turn), turn, Math.ceil(JSON.stringify(messages).length / 4));
    },
  });
  return { model: `openai:reviewer@http://127.0.0.1:${server.port}/v1`, asked, stop: () => server.stop(true) };
}

function replyAs({ text = "", calls = [] }: ServerReply, turn: number, promptTokens: number): Response {
  const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
  const choice = (delta: unknown, finish_reason: string | null) =>
    event({ choices: [{ index: 0, delta, finish_reason }] });
  const pieces = calls.flatMap(({ name, arguments: input }, index) =>
    callPieces(
      { id: `t${turn}c${index}`, name, arguments: typeof input === "string" ? input : JSON.stringify(input) },
      index,
    ),
  );
  const completion_tokens = Math.ceil((text.length + pieces.join("").length) / 4);
  const events = [
    ...(text === "" ? [] : [choice({ content: text }, null)]),
    ...pieces,
    choice({}, calls.length > 0 ? "tool_calls" : "stop"),
    event({ choices: [], usage: { prompt_tokens: promptTokens, completion_tokens } }),
    "data: [DONE]\n\n",
  ];
  return streamed(events, { contentType: "text/event-stream" });
}
