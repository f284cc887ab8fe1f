/**
 * JSON-RPC 2.0 over a child's stdin and stdout, on `vscode-jsonrpc`, with what it leaves open: a time limit for each call, a frame limit,
 * typed faults, and no call that is never answered.
 */
import type { Readable, Writable } from "node:stream";
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type CancellationToken,
  CancellationTokenSource,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
  type MessageReader,
  type MessageWriter,
  type RequestMessage,
  ResponseError,
} from "vscode-jsonrpc/node";
import { encodeFrame, FrameDecoder, FrameError, frameLimitBytes } from "./frame-decoder.ts";

export interface CallOptions {
  /** For the whole call. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /**
   * After the time limit or an abort a `$/cancelRequest` is sent; this long the other side may take to answer it before the call
   * rejects. 0 (default): reject at once.
   */
  cancelGraceMs?: number | undefined;
  /** Told the id under which the request is sent, before it is sent. */
  onId?: ((id: number) => void) | undefined;
}

/**
 * Why a call failed. `answered`: the other side answered with an error (`rpcCode`, `data`). `timeout` and `cancelled`: `settled` tells
 * whether the other side let go of the call. `bad-frame` and `closed`: the connection is over.
 */
export type RpcFault = "answered" | "timeout" | "cancelled" | "bad-frame" | "closed";

export class RpcError extends Error {
  readonly fault: RpcFault;
  readonly rpcCode: number | undefined;
  readonly data: unknown;
  readonly settled: boolean;

  constructor(
    fault: RpcFault,
    message: string,
    details: { rpcCode?: number; data?: unknown; settled?: boolean; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "RpcError";
    this.fault = fault;
    this.rpcCode = details.rpcCode;
    this.data = details.data;
    this.settled = details.settled ?? true;
  }
}

/** Streams of the other side, seen from here. */
export interface RpcStreams {
  /** Its stdout. */
  readable: Readable;
  /** Its stdin. */
  writable: Writable;
}

/** One connection. It is over after the first `bad-frame` or `closed`; every call then rejects with that fault. */
export class RpcConnection {
  /** Resolves with the fault that ended the connection. */
  readonly ended: Promise<RpcError>;
  readonly #connection: MessageConnection;
  readonly #listeners = new Map<string, (params: unknown) => void>();
  readonly #reader: FrameReader;
  /** Rejects each call that is under way. A set, not reactions to `ended`: those would pile up over a long life. */
  readonly #pending = new Set<(fault: RpcError) => void>();
  #announceEnd!: (fault: RpcError) => void;
  #fault: RpcError | undefined;
  /** Messages taken from the library's queue, which gives out one a turn of the event loop. */
  #handled = 0;
  #announceId: ((id: number) => void) | undefined;

  constructor(streams: RpcStreams, limitBytes: number = frameLimitBytes) {
    this.ended = new Promise((resolve) => {
      this.#announceEnd = resolve;
    });
    const reader = new FrameReader(streams.readable, limitBytes);
    this.#reader = reader;
    this.#connection = createMessageConnection(reader, new FrameWriter(streams.writable), undefined, {
      cancellationStrategy: this.#cancellation(),
      messageStrategy: {
        handleMessage: (message, next) => {
          this.#handled++;
          reader.holdBack(this.#handled);
          next(message);
        },
      },
    });
    this.#connection.onError(([cause]) => {
      if (!(cause instanceof FrameError)) return;
      this.#endAfterMessages(new RpcError("bad-frame", cause.message, { data: { code: cause.code }, cause }));
    });
    this.#connection.onClose(() => this.#endAfterMessages(new RpcError("closed", "closed its stdout")));
    this.#connection.onNotification((method, params) => this.#listeners.get(method)?.(params));
    this.#connection.listen();
  }

  /**
   * Sends a request and resolves with its result as it came; checking its shape is the caller's.
   * Rejects with `RpcError`, never later than `timeoutMs + cancelGraceMs`.
   */
  call(method: string, params: object, options: CallOptions): Promise<unknown> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      const cancellation = new CancellationTokenSource();
      let timer: ReturnType<typeof setTimeout> | undefined;
      let giveUpWith: RpcError | undefined;
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", onAbort);
        this.#pending.delete(onEnd);
        finish();
      };
      const onEnd = (fault: RpcError) => settle(() => reject(fault));
      const giveUp = (fault: "timeout" | "cancelled", message: string) => {
        if (giveUpWith !== undefined) return;
        giveUpWith = new RpcError(fault, message);
        const unanswered = new RpcError(fault, message, { settled: false });
        cancellation.cancel();
        clearTimeout(timer);
        timer = setTimeout(() => settle(() => reject(unanswered)), options.cancelGraceMs ?? 0);
      };
      const onAbort = () => giveUp("cancelled", "was cancelled");
      timer = setTimeout(
        () => giveUp("timeout", `gave no answer within ${secondsText(options.timeoutMs)} s`),
        options.timeoutMs,
      );
      options.signal?.addEventListener("abort", onAbort, { once: true });

      this.#pending.add(onEnd);
      this.#send(method, params, cancellation.token, options.onId).then(
        (result) => settle(() => (giveUpWith === undefined ? resolve(result) : reject(giveUpWith))),
        (cause) => {
          const fault = giveUpWith ?? asAnswer(cause);
          if (fault !== undefined) return settle(() => reject(fault));
          // Not an answer: the pipe broke while sending. The reader or the exit ends the connection and settles this call;
          // give them a moment to name the cause, then say what is known.
          setTimeout(
            () => this.#endWith(new RpcError("closed", `could not be written to (${String(cause)})`, { cause })),
            1000,
          );
        },
      );
      if (options.signal?.aborted) onAbort();
    });
  }

  /** Calls `listener` for each notification of this name; one listener a name. */
  onNotification(method: string, listener: (params: unknown) => void): void {
    this.#listeners.set(method, listener);
  }

  /** Ends the connection from this side: calls that what has arrived does not answer, and later ones, reject with `fault`. */
  end(fault: RpcError): void {
    this.#endAfterMessages(fault);
  }

  #endWith(fault: RpcError): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#announceEnd(fault);
    for (const onEnd of [...this.#pending]) onEnd(fault);
  }

  #endAfterMessages(fault: RpcError): void {
    if (this.#handled < this.#reader.delivered) {
      setImmediate(() => this.#endAfterMessages(fault));
      return;
    }
    // The promise of an answer just handled settles before this one.
    setImmediate(() => this.#endWith(fault));
  }

  #send(method: string, params: object, token: CancellationToken, onId: CallOptions["onId"]): Promise<unknown> {
    this.#announceId = onId;
    try {
      return this.#connection.sendRequest(method, params, token);
    } catch (cause) {
      return Promise.reject(cause);
    } finally {
      this.#announceId = undefined;
    }
  }

  /** The library tells ids to its cancellation strategy only. */
  #cancellation() {
    return {
      receiver: { createCancellationTokenSource: () => new CancellationTokenSource() },
      sender: {
        enableCancellation: (request: RequestMessage) => {
          if (typeof request.id === "number") this.#announceId?.(request.id);
        },
        sendCancellation: (connection: MessageConnection, id: number | string) =>
          connection.sendNotification("$/cancelRequest", { id }),
        cleanup: () => undefined,
      },
    };
  }
}

function secondsText(milliseconds: number): string {
  return (milliseconds / 1000).toLocaleString("en", { maximumFractionDigits: 1, useGrouping: false });
}

function asAnswer(cause: unknown): RpcError | undefined {
  if (!(cause instanceof ResponseError) || isConnectionCode(cause.code)) return undefined;
  return new RpcError("answered", cause.message, { rpcCode: cause.code, data: cause.data, cause });
}

/** Codes the library itself uses for a write that failed and for calls pending at its disposal. */
function isConnectionCode(code: number): boolean {
  return code === -32099 || code === -32097;
}

/** Messages that may wait to be handled before the other side is no longer read. */
const waitingLimit = 1000;

class FrameReader extends AbstractMessageReader implements MessageReader {
  /** Messages given to the library so far. */
  delivered = 0;
  readonly #readable: Readable;
  readonly #decoder: FrameDecoder;

  constructor(readable: Readable, limitBytes: number) {
    super();
    this.#readable = readable;
    this.#decoder = new FrameDecoder(limitBytes);
  }

  /** Stops reading while too many messages wait, so that a flood of good ones fills a pipe and not the memory. */
  holdBack(handled: number): void {
    const waiting = this.delivered - handled;
    if (waiting > waitingLimit) this.#readable.pause();
    else if (this.#readable.isPaused()) this.#readable.resume();
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Uint8Array) => {
      try {
        for (const message of this.#decoder.push(chunk)) {
          this.delivered++;
          callback(message as Message);
        }
      } catch (cause) {
        this.#readable.off("data", onData);
        this.#readable.destroy();
        this.fireError(cause);
      }
    };
    this.#readable.on("data", onData);
    this.#readable.on("error", (cause) => this.fireError(cause));
    this.#readable.on("close", () => this.fireClose());
    return { dispose: () => this.#readable.off("data", onData) };
  }
}

class FrameWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #writable: Writable;

  constructor(writable: Writable) {
    super();
    this.#writable = writable;
  }

  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#writable.write(encodeFrame(message), (cause) => (cause ? reject(cause) : resolve()));
    });
  }

  end(): void {
    this.#writable.end();
  }
}
