/**
 * Cuts a byte stream into JSON-RPC messages by their `Content-Length` headers (the framing of the Language Server Protocol).
 * Stricter than `vscode-jsonrpc`'s own reader: the size is checked before a body is buffered, and bytes that are no frame fail at once.
 */

export const frameLimitBytes = 64 * 1024 * 1024;
const headerLimitBytes = 4096;
const headerStart = "content-";

/** The other side broke the wire format; nothing after it can be trusted. */
export class FrameError extends Error {
  readonly code: "not-a-frame" | "frame-too-large" | "not-json" | "not-json-rpc";

  constructor(code: FrameError["code"], message: string) {
    super(message);
    this.name = "FrameError";
    this.code = code;
  }
}

/** A JSON-RPC 2.0 request, notification or response, checked no further than that. */
export type WireMessage = { jsonrpc: "2.0" } & Record<string, unknown>;

/** Fed with chunks of any size; not usable after it has thrown. */
export class FrameDecoder {
  readonly #limitBytes: number;
  #header = "";
  #body: Uint8Array | undefined;
  #filledBytes = 0;

  constructor(limitBytes: number = frameLimitBytes) {
    this.#limitBytes = limitBytes;
  }

  /** Gives the messages that `chunk` completes, in order; to be read to its end. Throws `FrameError`, after the messages before the fault. */
  *push(chunk: Uint8Array): Generator<WireMessage, void> {
    let offset = 0;
    while (offset < chunk.length) {
      offset = this.#body === undefined ? this.#readHeader(chunk, offset) : this.#readBody(this.#body, chunk, offset);
      if (this.#body !== undefined && this.#filledBytes === this.#body.length) {
        yield parseMessage(this.#body);
        this.#body = undefined;
      }
    }
  }

  #readHeader(chunk: Uint8Array, from: number): number {
    let offset = from;
    while (offset < chunk.length) {
      this.#header += String.fromCharCode(chunk[offset++]!);
      this.#checkHeader(chunk, offset);
      if (this.#header.endsWith("\r\n\r\n")) {
        this.#body = new Uint8Array(bodyLength(this.#header, this.#limitBytes));
        this.#filledBytes = 0;
        this.#header = "";
        break;
      }
    }
    return offset;
  }

  #checkHeader(chunk: Uint8Array, offset: number): void {
    const start = this.#header.slice(0, headerStart.length).toLowerCase();
    if (headerStart.startsWith(start) && this.#header.length <= headerLimitBytes) return;
    const seen = this.#header + Buffer.from(chunk.subarray(offset, offset + 160)).toString("utf8");
    throw new FrameError("not-a-frame", `wrote to stdout outside a frame: ${JSON.stringify(seen.slice(0, 160))}`);
  }

  #readBody(body: Uint8Array, chunk: Uint8Array, offset: number): number {
    const part = chunk.subarray(offset, offset + body.length - this.#filledBytes);
    body.set(part, this.#filledBytes);
    this.#filledBytes += part.length;
    return offset + part.length;
  }
}

/** One message with its header, ready to be written. */
export function encodeFrame(message: unknown): Uint8Array {
  const body = Buffer.from(JSON.stringify(message), "utf8");
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, "ascii"), body]);
}

function bodyLength(header: string, limitBytes: number): number {
  const digits = /^content-length:[ \t]*(\d+)[ \t]*\r$/im.exec(header)?.[1];
  if (digits === undefined) {
    throw new FrameError(
      "not-a-frame",
      `sent a frame header without a length: ${JSON.stringify(header.slice(0, 160))}`,
    );
  }
  const length = Number(digits);
  if (length > limitBytes) {
    throw new FrameError("frame-too-large", `announced a frame of ${digits} bytes; the limit is ${limitBytes}`);
  }
  if (length === 0) throw new FrameError("not-json", "sent an empty frame");
  return length;
}

function parseMessage(body: Uint8Array): WireMessage {
  let message: unknown;
  try {
    message = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    const seen = Buffer.from(body.subarray(0, 160)).toString("utf8");
    throw new FrameError("not-json", `sent a frame that is not JSON (${String(cause)}): ${JSON.stringify(seen)}`);
  }
  if (isJsonRpc(message)) return message;
  const seen = JSON.stringify(message).slice(0, 160);
  throw new FrameError("not-json-rpc", `sent a frame that is not a JSON-RPC 2.0 message: ${seen}`);
}

function isJsonRpc(message: unknown): message is WireMessage {
  if (typeof message !== "object" || message === null || Array.isArray(message)) return false;
  const { jsonrpc, id, method, result, error } = message as Record<string, unknown>;
  if (jsonrpc !== "2.0") return false;
  const hasId = typeof id === "number" || typeof id === "string";
  if (typeof method === "string") return id === undefined || hasId;
  const isError =
    typeof error === "object" &&
    error !== null &&
    typeof (error as { code?: unknown }).code === "number" &&
    typeof (error as { message?: unknown }).message === "string";
  return hasId && (isError ? result === undefined || result === null : error === undefined && result !== undefined);
}
