/** Who is answered, and what the browser is told to keep to. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { hostsOf, withToken } from "../../src/web/security.ts";
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

describe("a request", () => {
  const ask = (headers: Record<string, string>, path = "/api/version") => fetch(`${server.origin}${path}`, { headers });

  test("under the server's own address is answered", async () => {
    expect(await (await ask({})).json()).toEqual({ version: expect.any(String) });
    expect((await ask({ host: `localhost:${server.port}` })).status).toBe(200);
    expect((await ask({ host: `LOCALHOST:${server.port}` })).status).toBe(200);
  });

  for (const host of ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:80"]) {
    test(`under the name ${host} is refused, the page too`, async () => {
      for (const path of ["/api/version", "/", "/runs"]) {
        const answer = await ask({ host }, path);
        expect(answer.status).toBe(421);
        expect(await answer.json()).toEqual({ error: { code: "wrong-host", message: expect.any(String) } });
      }
    });
  }

  for (const origin of ["http://evil.example", "null", "http://127.0.0.1:1", "file://"]) {
    test(`of a page from ${origin} is refused`, async () => {
      const answer = await ask({ origin });
      expect(answer.status).toBe(403);
    });
  }

  test("of a page elsewhere that says no origin is refused by what the browser says", async () => {
    expect((await ask({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).status).toBe(403);
    expect((await ask({ "sec-fetch-site": "same-origin" })).status).toBe(200);
    // A link on a page elsewhere may open the page.
    expect((await ask({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, "/runs")).status).toBe(200);
  });

  test("that is no route of the API is told so", async () => {
    for (const init of [{}, { method: "POST" }, { method: "DELETE" }]) {
      const answer = await fetch(`${server.origin}/api/nothing`, init);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({ error: { code: "no-route", message: "There is no /api/nothing." } });
    }
  });
});

describe("an answer", () => {
  test("tells the browser to run and load what comes from here, and nothing else", async () => {
    for (const path of ["/", "/runs/some", "/api/version", "/api/nothing"]) {
      const { headers } = await fetch(`${server.origin}${path}`);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test("is the page for any address of a view, and nothing for a file that is not there", async () => {
    const page = await (await fetch(`${server.origin}/runs/some/where`)).text();
    expect(page).toContain('<div id="page">');
    expect(page).not.toMatch(/<script(?![^>]*src=)/);
    expect(page).not.toContain("style=");
    expect((await fetch(`${server.origin}/nothing.js`)).status).toBe(404);
    expect((await fetch(`${server.origin}/../../etc/passwd`)).headers.get("content-type")).toContain("text/html");
  });
});

describe("the token", () => {
  const guarded = new Hono().use(withToken({ token: "secret" })).post("/", (context) => context.text("done"));
  const post = (authorization?: string) =>
    guarded.request("/", { method: "POST", headers: authorization === undefined ? {} : { authorization } });

  test("is needed to change something", async () => {
    expect((await post()).status).toBe(401);
    expect((await post("Bearer wrong!")).status).toBe(401);
    expect((await post("secret")).status).toBe(401);
    expect((await post("Bearer secretsecret")).status).toBe(401);
    expect(await (await post("Bearer secret")).text()).toBe("done");
  });

  test("is long and differs from start to start", async () => {
    const other = await testServer();
    expect(server.token).toMatch(/^[\w-]{32}$/);
    expect(other.token).not.toBe(server.token);
    await other.stop();
  });
});

test("names under which a server may be asked", () => {
  expect([...hostsOf("127.0.0.1", 4311)]).toEqual(["127.0.0.1:4311", "localhost:4311", "[::1]:4311"]);
  expect(hostsOf("::", 80)).toContain("[::]:80");
  expect(hostsOf("box.lan", 80)).toContain("box.lan:80");
});
