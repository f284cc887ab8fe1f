/**
 * A made-up model behind an OpenAI-compatible server on loopback, for courier. It writes down what it is told at once; each action waits until the
 * test lets it through, so a run stands where the test wants it.
 */

interface Request {
  messages: { role: string; content: string }[];
}

export interface GatedModel {
  /** As `--model` takes it. */
  name: string;
  /** So many actions more are given. */
  letThrough(actions: number): void;
  /** From now on it says a word of the game's where it would walk. */
  stray(): void;
  /** From now on every call is refused. */
  refuse(): void;
  stop(): Promise<void>;
}

export function gatedModel(): GatedModel {
  let permits = 0;
  let refused = false;
  let strays = false;
  const waiting: (() => void)[] = [];
  const wake = () => {
    while (waiting.length > 0 && (refused || permits > 0)) {
      permits -= 1;
      waiting.shift()!();
    }
  };
  const pass = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      wake();
    });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/v1/models") {
        return Response.json({ object: "list", data: [{ id: "gate", object: "model", max_model_len: 100_000 }] });
      }
      if (pathname !== "/v1/chat/completions") return new Response("not found", { status: 404 });
      const { messages } = (await request.json()) as Request;
      const said = messages.map(({ content }) => content).join("\n");
      const isLog = said.includes("This is LOG");
      if (!isLog) await pass();
      if (refused) return Response.json({ error: { message: "closed for today" } }, { status: 400 });
      return streamed(
        isLog ? noteOf(said) : `<|ACTION|>${strays ? wordOf(said) : "walk"}<|END|>`,
        Math.ceil(said.length / 3),
      );
    },
  });
  return {
    name: `openai:gate@http://127.0.0.1:${server.port}/v1`,
    letThrough: (actions) => {
      permits += actions;
      wake();
    },
    stray: () => {
      strays = true;
    },
    refuse: () => {
      refused = true;
      wake();
    },
    stop: () => server.stop(true),
  };
}

function noteOf(said: string): string {
  const told = /The (\w+) says: my password is (?:now )?(\w+)\./.exec(said);
  return told === null ? "<|DONE|>" : `<|APPEND|>notes.txt|${told[1]}: ${told[2]}\n<|END|><|DONE|>`;
}

/** The first that the list of actions has. */
function wordOf(said: string): string {
  const word = /(\w+)\W+say this word at a door/.exec(said)?.[1];
  if (word === undefined) throw new Error(`no word to say in ${said.slice(0, 2_000)}`);
  return word;
}

function streamed(content: string, promptTokens: number): Response {
  const head = { id: "gate", created: 0, model: "gate", object: "chat.completion.chunk" };
  const usage = { prompt_tokens: promptTokens, completion_tokens: 30, total_tokens: promptTokens + 30 };
  const chunks = [
    { choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    { choices: [], usage },
  ].map((chunk) => `data: ${JSON.stringify({ ...head, ...chunk })}\n\n`);
  return new Response(`${chunks.join("")}data: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } });
}
