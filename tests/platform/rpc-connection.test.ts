import { expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import { encodeFrame, FrameDecoder, type WireMessage } from "../../src/platform/frame-decoder.ts";
import { RpcConnection, type RpcError } from "../../src/platform/rpc-connection.ts";

/** The other side, driven by the test: `next` waits for what it is sent. */
class Peer {
  readonly toHost = new PassThrough();
  readonly fromHost = new PassThrough();
  readonly connection: RpcConnection;
  readonly #arrived: WireMessage[] = [];
  readonly #waiting: ((message: WireMessage) => void)[] = [];

  constructor(limitBytes?: number) {
    const decoder = new FrameDecoder();
    this.fromHost.on("data", (chunk) => {
      for (const message of decoder.push(chunk)) {
        const taker = this.#waiting.shift();
        if (taker === undefined) this.#arrived.push(message);
        else taker(message);
      }
    });
    this.connection = new RpcConnection({ readable: this.toHost, writable: this.fromHost }, limitBytes);
  }

  next(): Promise<WireMessage> {
    const message = this.#arrived.shift();
    return message === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(message);
  }

  send(message: object): void {
    this.toHost.write(encodeFrame({ jsonrpc: "2.0", ...message }));
  }
}

const long = { timeoutMs: 10_000 };
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (cause: RpcError) => cause,
  );

test("gives each call its own answer, whatever their order", async () => {
  const peer = new Peer();
  const calls = [peer.connection.call("a", { x: 1 }, long), peer.connection.call("b", {}, long)];
  const [first, second] = [await peer.next(), await peer.next()];
  expect([first.method, first.params, second.method]).toEqual(["a", { x: 1 }, "b"]);
  peer.send({ id: second.id, result: "for b" });
  peer.send({ id: first.id, result: null });
  expect(await Promise.all(calls)).toEqual([null, "for b"]);
});

test("passes on an error answer with its number and data, also numbers that the library uses itself", async () => {
  for (const code of [-32602, -32001, -32002, -32003, -32004]) {
    const peer = new Peer();
    const call = faultOf(peer.connection.call("a", {}, long));
    peer.send({ id: (await peer.next()).id, error: { code, message: "no", data: { code: "why" } } });
    const fault = await call;
    expect([fault?.fault, fault?.rpcCode, fault?.message, fault?.data]).toEqual([
      "answered",
      code,
      "no",
      { code: "why" },
    ]);
  }
});

test("ends a call at its time limit and tells the other side", async () => {
  const peer = new Peer();
  const fault = await faultOf(peer.connection.call("a", {}, { timeoutMs: 20 }));
  expect([fault?.fault, fault?.settled]).toEqual(["timeout", false]);
  const { id } = await peer.next();
  expect(await peer.next()).toEqual({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id } });
});

test("waits for the other side to let go of a cancelled call, and says that it did", async () => {
  const peer = new Peer();
  const abort = new AbortController();
  const call = faultOf(peer.connection.call("a", {}, { ...long, signal: abort.signal, cancelGraceMs: 10_000 }));
  const { id } = await peer.next();
  abort.abort();
  expect((await peer.next()).method).toBe("$/cancelRequest");
  peer.send({ id, result: { finishReason: "cancelled" } });
  const fault = await call;
  expect([fault?.fault, fault?.settled]).toEqual(["cancelled", true]);
});

test("gives up on a cancelled call that is never let go", async () => {
  const peer = new Peer();
  const options = { ...long, signal: AbortSignal.abort(), cancelGraceMs: 20 };
  const fault = await faultOf(peer.connection.call("a", {}, options));
  expect([fault?.fault, fault?.settled]).toEqual(["cancelled", false]);
});

test("rejects pending and later calls when the other side closes", async () => {
  const peer = new Peer();
  const calls = [faultOf(peer.connection.call("a", {}, long)), faultOf(peer.connection.call("b", {}, long))];
  await peer.next();
  peer.toHost.end();
  expect((await Promise.all(calls)).map((fault) => fault?.fault)).toEqual(["closed", "closed"]);
  expect((await faultOf(peer.connection.call("c", {}, long)))?.fault).toBe("closed");
});

test("delivers an answer that came just before the close", async () => {
  const peer = new Peer();
  const call = peer.connection.call("a", {}, long);
  const { id } = await peer.next();
  peer.send({ id, result: 7 });
  peer.toHost.end();
  expect(await call).toBe(7);
});

test("rejects pending calls with the frame's fault when the other side breaks the wire", async () => {
  const peer = new Peer(1000);
  const call = faultOf(peer.connection.call("a", {}, long));
  await peer.next();
  peer.toHost.write("Content-Length: 1001\r\n\r\n");
  const fault = await call;
  expect(fault).toMatchObject({ fault: "bad-frame", data: { code: "frame-too-large" } });
  expect((await peer.connection.ended).fault).toBe("bad-frame");
});

test("hands notifications to their listener, with the id of a call known before its first one", async () => {
  const peer = new Peer();
  const seen: unknown[] = [];
  let id: number | undefined;
  peer.connection.onNotification("chat/token", (params) => seen.push([id, params]));
  const call = peer.connection.call("chat", {}, { ...long, onId: (given) => (id = given) });
  const request = await peer.next();
  peer.send({ method: "chat/token", params: { id: request.id, text: "a" } });
  peer.send({ method: "other/thing", params: {} });
  peer.send({ id: request.id, result: {} });
  await call;
  expect(seen).toEqual([[request.id, { id: request.id, text: "a" }]]);
});

test("answers a request of the other side with method not found", async () => {
  const peer = new Peer();
  peer.send({ id: 5, method: "host/please", params: {} });
  expect(await peer.next()).toMatchObject({ id: 5, error: { code: -32601 } });
});

test("loses nothing of a flood of notifications, and still gets the answer behind it", async () => {
  const peer = new Peer();
  const seen: number[] = [];
  peer.connection.onNotification("tick", (params) => seen.push((params as { n: number }).n));
  const call = peer.connection.call("a", {}, long);
  const { id } = await peer.next();
  const frames = Array.from({ length: 20_000 }, (_, n) =>
    encodeFrame({ jsonrpc: "2.0", method: "tick", params: { n } }),
  );
  peer.toHost.write(Buffer.concat(frames));
  peer.send({ id, result: "done" });
  expect(await call).toBe("done");
  expect(seen).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
});
