/** How the OpenAI provider uses its connections, against a server on a plain socket, which sees them. */
import { afterEach, expect, test } from "bun:test";
import type { Socket } from "bun";
import { callOptions, faultOf, open, question, testDeps } from "../support.ts";

interface Seen {
  /** The number of the connection, from 1. */
  connection: number;
  received: string;
}

const listening: { stop(force: boolean): void }[] = [];
afterEach(() => {
  for (const server of listening.splice(0)) server.stop(true);
});

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const piece = (content: string) => data({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const finish = data({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const vllmPages = { "/v1/models": { data: [{ id: "m", max_model_len: 4096 }] } };

/** Answers with the pages; each chat is `onChat`'s, and `chats` has the number of its connection. `closed` resolves when a client closes one. */
function socketServer(onChat: (socket: Socket<Seen>) => void, pages: Record<string, unknown> = vllmPages) {
  const chats: number[] = [];
  const closed = Promise.withResolvers<void>();
  let connections = 0;
  const server = Bun.listen<Seen>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        connections += 1;
        socket.data = { connection: connections, received: "" };
      },
      data(socket, bytes) {
        const { data: seen } = socket;
        seen.received += bytes.toString();
        const [head, body] = seen.received.split("\r\n\r\n");
        const length = Number(/content-length: (\d+)/i.exec(head ?? "")?.[1] ?? 0);
        if (body === undefined || Buffer.byteLength(body) < length) return;
        seen.received = "";
        const path = /^GET (\S+)/.exec(head ?? "")?.[1];
        if (path !== undefined) return void socket.write(page(pages[path]));
        chats.push(seen.connection);
        onChat(socket);
      },
      close: () => closed.resolve(),
    },
  });
  listening.push(server);
  return { url: `http://127.0.0.1:${server.port}/v1`, chats, closed: closed.promise };
}

test("a reply whose body ends some time after its end mark leaves the connection for the next call", async () => {
  const server = socketServer((socket) => {
    socket.write(streamHead + chunk(piece("Paris.")) + chunk(finish) + chunk("data: [DONE]\n\n"));
    // The end of the body comes with the turns of the loop after the mark, as from a real server.
    setImmediate(() => setImmediate(() => setImmediate(() => socket.write("0\r\n\r\n"))));
  });
  const model = await open(`openai:m@${server.url}`, testDeps());
  for (let call = 0; call < 4; call += 1) {
    expect((await model.chat(question, callOptions())).text).toBe("Paris.");
  }
  expect(new Set(server.chats).size).toBe(1);
});

test("a reply that cannot be used is not read on: its connection is closed", async () => {
  const server = socketServer((socket) => {
    socket.write(streamHead + chunk(data({ choices: "none" })));
  });
  const model = await open(`openai:m@${server.url}`, testDeps());
  expect((await faultOf(model.chat(question, callOptions()))).code).toBe("bad-response");
  await server.closed;
});

test("llama-server closes the connection after a stream unannounced, so each chat has its own", async () => {
  const server = socketServer(
    (socket) => {
      const events = [piece("Paris."), finish, "data: [DONE]\n\n"];
      socket.write(`${streamHead}${events.map(chunk).join("")}0\r\n\r\n`);
    },
    { "/v1/models": { data: [{ id: "m" }] }, "/props": { default_generation_settings: { n_ctx: 2048 } } },
  );
  const model = await open(`openai:m@${server.url}`, testDeps());
  expect(model.identity.serverVersion).toBe("llama-server");
  for (let call = 0; call < 3; call += 1) await model.chat(question, callOptions());
  expect(new Set(server.chats).size).toBe(3);
});

function page(value: unknown): string {
  const text = JSON.stringify(value ?? {});
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
}
