import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloadFile } from "../../../src/inference/model-files/download.ts";
import type { ModelProgress } from "../../../src/inference/model-files/record.ts";
import { type Answer, closedAddress, type FakeServer, fakeServer, faultOf, testClock } from "../support.ts";

const content = Buffer.from("0123456789abcdefghij");
let folder: string;
let server: FakeServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-download-"));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** A server with one file that heeds Range and If-Range; `breakAfter` bytes the connection's answer ends early, while it lasts. */
function fileServer(options: { etag?: string; breaks?: number[]; file?: Buffer } = {}): Answer {
  const breaks = [...(options.breaks ?? [])];
  const etag = options.etag ?? '"v1"';
  return ({ headers }) => {
    const file = options.file ?? content;
    const range = /^bytes=(\d+)-$/.exec(headers.get("range") ?? "");
    const start = range !== null && headers.get("if-range") === etag ? Number(range[1]) : 0;
    if (start >= file.length)
      return new Response(null, { status: 416, headers: { "content-range": `bytes */${file.length}` } });
    const rest = file.subarray(start);
    const stop = breaks.shift();
    const sent = stop === undefined ? rest : rest.subarray(0, stop);
    return new Response(sent, {
      status: start > 0 ? 206 : 200,
      headers: {
        etag,
        "x-whole": String(rest.length),
        ...(start > 0 ? { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` } : {}),
      },
    });
  };
}

/** Bun's server would send the length of what it sends; the length a cut answer promised is put back here. */
const promising: typeof fetch = Object.assign(
  async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const response = await fetch(input, init);
    const headers = new Headers(response.headers);
    const whole = headers.get("x-whole");
    if (whole !== null) headers.set("content-length", whole);
    return new Response(response.body, { status: response.status, headers });
  },
  { preconnect: fetch.preconnect },
);

async function download(
  answer: Answer | string,
  extra: { signal?: AbortSignal; onProgress?: (progress: ModelProgress) => void } = {},
) {
  if (typeof answer !== "string") server = fakeServer(answer);
  const url = typeof answer === "string" ? answer : `${server?.url}/m.gguf`;
  const clock = testClock();
  const path = await downloadFile({ url, folder, fetch: promising, clock, onProgress: () => undefined, ...extra });
  return { bytes: await readFile(path), clock, url };
}
const ranges = () => server?.requests.map(({ headers }) => headers.get("range"));

describe("downloadFile", () => {
  test("brings the whole file and reports how far it is", async () => {
    const seen: ModelProgress[] = [];
    const { bytes } = await download(fileServer(), { onProgress: (progress) => seen.push(progress) });
    expect(bytes).toEqual(content);
    expect(seen[0]).toEqual({ phase: "download", doneBytes: 0, totalBytes: 20 });
    expect(seen.at(-1)).toEqual({ phase: "download", doneBytes: 20, totalBytes: 20 });
  });

  test("goes on where it broke off", async () => {
    const { bytes } = await download(fileServer({ breaks: [7, 5] }));
    expect(bytes).toEqual(content);
    expect(ranges()).toEqual([null, "bytes=7-", "bytes=12-"]);
  });

  test("a later call goes on where an earlier one gave up", async () => {
    server = fakeServer(fileServer({ breaks: [3, 3, 3, 3, 3] }));
    const url = `${server.url}/m.gguf`;
    expect((await faultOf(download(url))).code).toBe("stream-cut");
    expect((await download(url)).bytes).toEqual(content);
    expect(ranges()?.at(-1)).toBe("bytes=15-");
  });

  test("begins anew when the server's file has changed meanwhile", async () => {
    const other = Buffer.from("another file entirely");
    server = fakeServer(fileServer({ breaks: [7, 0, 0, 0, 0] }));
    const url = `${server.url}/m.gguf`;
    await faultOf(download(url));
    const { port } = new URL(url);
    await server.stop();
    const answer = fileServer({ etag: '"v2"', file: other });
    const again = Bun.serve({
      hostname: "127.0.0.1",
      port: Number(port),
      fetch: (request) => answer({ path: "", body: undefined, headers: request.headers }),
    });
    try {
      expect((await download(url)).bytes).toEqual(other);
    } finally {
      await again.stop(true);
    }
  });

  test("does not go on with a part whose sameness cannot be shown", async () => {
    const { bytes } = await download(fileServer({ etag: 'W/"weak"', breaks: [7] }));
    expect(bytes).toEqual(content);
    expect(ranges()).toEqual([null, null]);
  });

  test("a whole part is not fetched again", async () => {
    server = fakeServer(fileServer());
    const url = `${server.url}/m.gguf`;
    await download(url);
    expect((await download(url)).bytes).toEqual(content);
    expect(ranges()).toEqual([null, "bytes=20-"]);
  });

  test("a file that is not there is refused at once", async () => {
    const fault = await faultOf(download(() => new Response("no", { status: 404 })));
    expect([fault.code, server?.requests.length]).toEqual(["refused", 1]);
  });

  test("a server that is down is unreachable after five attempts", async () => {
    const fault = await faultOf(download(`${await closedAddress()}/m.gguf`));
    expect([fault.code, fault.retryable]).toEqual(["unreachable", true]);
  });

  test("a query in the address, which may be a secret, stays out of the message", async () => {
    const fault = await faultOf(download(`${await closedAddress()}/m.gguf?token=secret`));
    expect(fault.message).not.toContain("secret");
  });

  test("a cancel keeps what came", async () => {
    const controller = new AbortController();
    const fault = await faultOf(
      download(fileServer(), {
        signal: controller.signal,
        onProgress: ({ doneBytes }) => doneBytes > 0 && controller.abort(),
      }),
    );
    expect(fault.code).toBe("cancelled");
    expect((await readFile(join(folder, "file.part"))).length).toBeGreaterThan(0);
  });
});
