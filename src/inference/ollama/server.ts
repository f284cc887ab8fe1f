/** An Ollama server to be asked: by the npm package `ollama` where it has the call, and its store of files, which it has not. */
import type { Ollama } from "ollama";
import * as v from "valibot";
import { AutomemError, ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { badResponseFault, type FaultContext, unreachableFault } from "../http-fault.ts";
import { statusFault } from "../json-request.ts";
import { withRetries } from "../retry.ts";
import type { ProviderDeps } from "../settings.ts";
import { checkedFetch } from "./checked-fetch.ts";

const DEFAULT_SERVER = "http://127.0.0.1:11434";
/** Calls that look something up answer at once on a server that works. */
const LOOK_TIMEOUT_MS = 20_000;

export class OllamaServer {
  readonly context: FaultContext;
  readonly #host: string;
  readonly #Client: typeof Ollama;
  readonly #deps: ProviderDeps;

  private constructor(host: string, context: FaultContext, Client: typeof Ollama, deps: ProviderDeps) {
    this.context = context;
    this.#host = host;
    this.#Client = Client;
    this.#deps = deps;
  }

  /** `host` is the address with credentials, where there are any; the context's is without. Asks nothing. */
  static async at(host: string, context: FaultContext, deps: ProviderDeps): Promise<OllamaServer> {
    return new OllamaServer(host, context, (await import("ollama")).Ollama, deps);
  }

  /** A client whose calls end with `signal`; its faults speak of the model of `context`. */
  client(signal: AbortSignal, context: FaultContext = this.context): Ollama {
    return new this.#Client({ host: this.#host, fetch: checkedFetch({ fetch: this.#deps.fetch, signal, context }) });
  }

  /** A short question, asked again where its fault may pass. Throws `ProviderError`. */
  look<S extends v.GenericSchema>(schema: S, ask: (client: Ollama) => Promise<unknown>): Promise<v.InferOutput<S>> {
    const { clock, random } = this.#deps;
    const once = () => this.read(schema, () => ask(this.client(AbortSignal.timeout(LOOK_TIMEOUT_MS))));
    return withRetries(once, { clock, random });
  }

  /** An answer, checked. Throws `ProviderError`; `bad-response` for one of another kind. */
  async read<S extends v.GenericSchema>(schema: S, ask: () => Promise<unknown>): Promise<v.InferOutput<S>> {
    let answer: unknown;
    try {
      answer = await ask();
    } catch (cause) {
      if (cause instanceof AutomemError) throw cause;
      throw badResponseFault(this.context, "what cannot be read", cause);
    }
    const result = v.safeParse(schema, answer);
    if (result.success) return result.output;
    throw badResponseFault(this.context, `without what an Ollama server says (${result.issues[0].message})`);
  }

  /** Whether the server holds a file of that content. */
  async hasBlob(sha256: Hash, signal: AbortSignal): Promise<boolean> {
    const response = await this.#blob(sha256, { method: "HEAD", signal });
    if (response.ok) return true;
    if (response.status === 404) return false;
    throw await statusFault(response, this.context);
  }

  /** Gives the server a file. It looks at the content itself and refuses bytes of another hash. */
  async putBlob(sha256: Hash, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const pieces = bytes[Symbol.asyncIterator]();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const next = await pieces.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => void (await pieces.return?.()),
    });
    const response = await this.#blob(sha256, { method: "POST", body, signal });
    if (!response.ok) throw await statusFault(response, this.context);
    await response.body?.cancel();
  }

  async #blob(sha256: Hash, init: RequestInit): Promise<Response> {
    try {
      // A server may write for longer than the five minutes of silence that Bun allows.
      const own = { ...init, timeout: false } as RequestInit;
      return await this.#deps.fetch(`${this.#host.replace(/\/+$/, "")}/api/blobs/sha256:${sha256}`, own);
    } catch (cause) {
      throw unreachableFault(cause, this.context);
    }
  }
}

/** OLLAMA_HOST as Ollama reads it: a URL, HOST:PORT, HOST or :PORT; an address to listen on means this machine. */
export function serverFromEnvironment(value: string | undefined): string {
  const written = value?.trim() ?? "";
  if (written === "") return DEFAULT_SERVER;
  const withScheme = written.includes("://")
    ? written
    : `http://${written.startsWith(":") ? `127.0.0.1${written}` : written}`;
  if (!URL.canParse(withScheme)) {
    throw new ConfigError(`OLLAMA_HOST is "${written}", which is no address. Example: 127.0.0.1:11434.`, {
      code: "bad-server",
    });
  }
  const url = new URL(withScheme);
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = "127.0.0.1";
  if (!written.includes("://") && !/:\d+\/*$/.test(written)) url.port = "11434";
  return url.href.replace(/\/$/, "");
}
