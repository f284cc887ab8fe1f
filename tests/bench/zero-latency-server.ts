/**
 * An OpenAI-compatible server on loopback that answers at once, for measuring the harness alone. Run in a process of its own:
 * `bun tests/bench/zero-latency-server.ts` prints its port. LOG: one APPEND of about 120 characters and DONE. PLAN: one TAIL, then one ACTION
 * (the game's first action that does nothing). Three model calls a step, as in the reference measurement.
 */

const logReply = `<|APPEND|>observations.txt|${"Nothing new happened here, the same things are in sight as before, keep going. ".repeat(2).slice(0, 120)}<|END|><|DONE|>`;
const tailReply = "<|TAIL|>observations.txt|5<|END|>";

interface Request {
  messages: { role: string; content: string }[];
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/models")
      return Response.json({ object: "list", data: [{ id: "zero", object: "model", max_model_len: 1_000_000 }] });
    if (pathname !== "/v1/chat/completions") return new Response("not found", { status: 404 });
    const { messages, stream } = (await request.json()) as Request & { stream?: boolean };
    const content = replyTo(messages);
    const usage = { prompt_tokens: 1000, completion_tokens: 30, total_tokens: 1030 };
    const head = { id: "zero", created: 0, model: "zero" };
    if (!stream) {
      const message = { role: "assistant", content };
      return Response.json({
        ...head,
        object: "chat.completion",
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage,
      });
    }
    const chunk = (choices: unknown[], extra = {}) =>
      `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...extra })}\n\n`;
    const text =
      chunk([{ index: 0, delta: { role: "assistant", content }, finish_reason: null }]) +
      chunk([{ index: 0, delta: {}, finish_reason: "stop" }]) +
      chunk([], { usage }) +
      "data: [DONE]\n\n";
    return new Response(text, { headers: { "content-type": "text/event-stream" } });
  },
});
console.log(server.port);

function replyTo(messages: Request["messages"]): string {
  const prompt = messages[0]?.content ?? "";
  if (prompt.includes("This is LOG")) return logReply;
  if (!messages.some(({ role }) => role === "assistant")) return tailReply;
  return `<|ACTION|>${/^search: /m.test(prompt) || prompt.includes("NetHack") ? "search" : "Noop"}<|END|>`;
}
