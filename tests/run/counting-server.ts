/** An OpenAI-compatible server on the loopback that keeps the hash of every request's messages, and replies by that hash alone. */
import { hashBytes } from "../../src/core/hash.ts";
import { hashReply } from "./support.ts";

export interface CountingServer {
  /** `openai:hash@http://127.0.0.1:PORT/v1`. */
  modelName: string;
  /** Hashes of the messages asked, in order; a call that was asked and not answered counts too. */
  asked: string[];
  stop(): Promise<void>;
}

/** Hash of a call's messages, as the server keeps it. */
export function messagesHash(messages: readonly { role: string; content: string }[]): string {
  return hashBytes(JSON.stringify(messages.map(({ role, content }) => [role, content])));
}

export function startCountingServer(): CountingServer {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/v1/models") return Response.json({ data: [{ id: "hash", max_model_len: 100_000 }] });
      if (pathname !== "/v1/chat/completions") return new Response("not here", { status: 404 });
      const { messages } = (await request.json()) as { messages: { role: string; content: string }[] };
      const hash = messagesHash(messages);
      asked.push(hash);
      const isLog = messages.some(({ content }) => content.startsWith("LOG "));
      const content = hashReply(isLog, hash);
      const promptTokens = messages.reduce((sum, message) => sum + Math.ceil(message.content.length / 4) + 4, 0);
      const events = [
        { choices: [{ index: 0, delta: { content }, finish_reason: null }] },
        { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
        { choices: [], usage: { prompt_tokens: promptTokens, completion_tokens: content.length } },
      ];
      const body = `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`;
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  return {
    modelName: `openai:hash@http://127.0.0.1:${server.port}/v1`,
    asked,
    stop: () => server.stop(true),
  };
}
