/** Requests that no browser makes: malformed, huge, slow, cut off, very many. The server answers or refuses each, and goes on. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { removeFolders } from "../store/support.ts";
import { type TestServer, testServer } from "./support.ts";

let server: TestServer;

beforeAll(async () => {
  server = await testServer();
});

afterAll(async () => {
  await server.stop();
  removeFolders();
});

/** Sends bytes as they are; what came back until the server or `endAfter` of the answer closed. */
function raw(text: string, endAfter = "\r\n\r\n"): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.write(text));
    let said = "";
    socket.on("data", (data) => {
      said += data.toString("latin1");
      if (said.includes(endAfter)) socket.destroy();
    });
    socket.on("close", () => resolve(said));
    socket.on("error", (fault: NodeJS.ErrnoException) => (fault.code === "ECONNRESET" ? resolve(said) : reject(fault)));
  });
}

const here = () => `Host: 127.0.0.1:${server.port}\r\n`;
const status = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

async function stillAnswers(): Promise<void> {
  expect((await fetch(`${server.origin}/api/version`)).status).toBe(200);
}

describe("a request", () => {
  for (const [what, text, statuses] of [
    ["that is no HTTP", () => "hello there\r\n\r\n", [0, 400]],
    ["with no Host", () => "GET /api/version HTTP/1.1\r\n\r\n", [0, 400, 421]],
    ["with another Host", () => "GET /api/version HTTP/1.1\r\nHost: evil.example\r\n\r\n", [421]],
    [
      "with an address of its own in its line",
      () => `GET http://evil.example/api/version HTTP/1.1\r\n${here()}\r\n`,
      [200, 400, 421],
    ],
    ["with a header that is none", () => `GET / HTTP/1.1\r\n${here()}no colon\r\n\r\n`, [0, 400]],
    ["with a zero byte in its path", () => `GET /api/runs/a\u0000b HTTP/1.1\r\n${here()}\r\n`, [0, 400, 404, 505]],
    ["with a broken escape in its path", () => `GET /api/runs/%E0%A4%A HTTP/1.1\r\n${here()}\r\n`, [400, 404]],
    [
      "with headers of a megabyte",
      () => `GET / HTTP/1.1\r\n${here()}X: ${"x".repeat(1_000_000)}\r\n\r\n`,
      [0, 400, 431],
    ],
    [
      "with a body that is announced twice",
      () => `POST /api/jobs HTTP/1.1\r\n${here()}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      [0, 400, 401],
    ],
    ["with a negative length", () => `POST /api/jobs HTTP/1.1\r\n${here()}Content-Length: -1\r\n\r\n`, [0, 400, 401]],
  ] as const) {
    test(`${what} is refused`, async () => {
      const found = status(await raw(text()));
      expect(statuses as readonly number[]).toContain(found);
      await stillAnswers();
    });
  }

  for (const path of [
    "/api/runs/..%2F..%2Fetc",
    "/api/runs/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/api/runs/....//....//etc",
    "/api/runs/C:%5CWindows",
    "/api/runs/%00",
    "/api/runs/__proto__",
    "/api/runs/constructor/episodes/prototype",
    "/api/datasets/..%2F..%2Fetc%2Fpasswd",
    "/api/campaigns/..%2F..%2Fetc",
    "/api/runs/x/episodes/..%2F..%2Fx/steps/0",
  ]) {
    test(`for ${path} says that there is none, and nothing of the disk`, async () => {
      const answer = await fetch(server.origin + path);
      expect(answer.status).toBe(404);
      const text = await answer.text();
      expect(JSON.parse(text)).toEqual({ error: { code: expect.any(String), message: expect.any(String) } });
      expect(text).not.toContain("root:");
      expect(text).not.toContain("node_modules");
    });
  }

  test("for a file of the page under another way to write it is none", async () => {
    for (const path of [
      "/%2e%2e/%2e%2e/etc/passwd",
      "/..%2f..%2fetc%2fpasswd",
      "//etc/passwd",
      "/page/../../src/main.ts",
    ]) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\n${here()}Connection: close\r\n\r\n`, "\u0000never");
      expect([200, 301, 302, 400, 404]).toContain(status(answer));
      expect(answer).not.toContain("root:");
      expect(answer).not.toContain("import ");
    }
  });

  test("with a query of 200,000 characters is answered or refused, not endured", async () => {
    const answer = await raw(`GET /api/runs?search=${"a".repeat(200_000)} HTTP/1.1\r\n${here()}\r\n`);
    expect([0, 400, 414, 431]).toContain(status(answer));
    await stillAnswers();
  });

  test("with the same field many times, or one named as objects have, is answered by what it says once", async () => {
    const odd = await fetch(`${server.origin}/api/runs?__proto__=1&constructor=2&search=&search=x&toString=3`);
    expect([200, 400]).toContain(odd.status);
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });

  test("that only asks for the head gets it, and none of the body", async () => {
    for (const path of ["/", "/api/version", "/api/runs"]) {
      const answer = await fetch(server.origin + path, { method: "HEAD" });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe("");
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    }
  });

  test("of a method that the page does not use changes nothing, and no other origin is allowed any", async () => {
    for (const method of ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]) {
      const said = await raw(`${method} /api/runs HTTP/1.1\r\n${here()}Origin: http://evil.example\r\n\r\n`);
      expect([0, 400, 403, 404, 405, 501]).toContain(status(said));
      expect(said.toLowerCase()).not.toContain("access-control-allow");
    }
    const preflight = await fetch(`${server.origin}/api/jobs`, { method: "OPTIONS" });
    expect([401, 404, 405]).toContain(preflight.status);
    expect(preflight.headers.get("access-control-allow-methods")).toBeNull();
  });
});

describe("work", () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${server.origin}/api/jobs`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json", ...headers },
      body,
    });

  for (const body of ["", "{", "null", "[]", '"run"', "{}", '{"__proto__":{"command":"run","words":[]}}']) {
    test(`is not begun by ${body === "" ? "nothing" : body}`, async () => {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { code: "bad-request" } });
    });
  }

  test("is not begun by a form, which another origin's page can send unasked", async () => {
    const answer = await post("command=run&words=courier", { "content-type": "application/x-www-form-urlencoded" });
    expect(answer.status).toBe(400);
    const plain = await post(JSON.stringify({ command: "run", words: [] }), { "content-type": "text/plain" });
    expect(plain.status).toBe(400);
  });

  test("is not begun by words without end", async () => {
    const words = Array.from({ length: 201 }, () => "x");
    expect((await post(JSON.stringify({ command: "run", words }))).status).toBe(400);
    expect((await post(JSON.stringify({ command: "run", words: ["x".repeat(4_001)] }))).status).toBe(400);
  });
});

describe("the server", () => {
  test("answers others while some send their requests a byte at a time, or let go in the middle", async () => {
    const slow = Array.from({ length: 50 }, () =>
      connect(server.port, "127.0.0.1", function (this: import("node:net").Socket) {
        this.write("GET /api/ver");
      }),
    );
    for (const socket of slow) socket.on("error", () => undefined);
    await stillAnswers();
    for (const socket of slow) socket.destroy();
    const looking = Array.from({ length: 20 }, async () => {
      const leaving = new AbortController();
      const answer = fetch(`${server.origin}/api/live`, { signal: leaving.signal });
      await answer;
      leaving.abort();
    });
    await Promise.all(looking);
    await stillAnswers();
  });

  test("gives 300 requests at once the answers that each asked for", async () => {
    const run = (await (await fetch(`${server.origin}/api/runs/${server.filled.finished}`)).json()) as {
      episodes: { key: string }[];
    };
    const episode = `${server.origin}/api/runs/${server.filled.finished}/episodes/${run.episodes[0]!.key}`;
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const step = index % 6;
        const answer = await fetch(`${episode}/steps/${step}`);
        return [step, answer.status, ((await answer.json()) as { stepIndex: number }).stepIndex];
      }),
    );
    expect(answers.filter(([step, code, found]) => code !== 200 || step !== found)).toEqual([]);
  });
});
