/**
 * Loads and unloads LoRA adapters of a running vLLM. Its prefix cache is keyed by an adapter's name and path, not by its weights, so both
 * carry the content hash and are never used for other weights.
 */
import type { AdapterFiles, AdapterLoader } from "../../core/adapter-loader.ts";
import { ProviderError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { checkAdapterPath } from "../adapters/checked-path.ts";
import { type JsonServer, requestAny, requestJson, statusFault } from "../json-request.ts";
import { ServedModels } from "./wire.ts";

/** Weights are read from disk. */
const LOAD_TIMEOUT_MS = 300_000;
const HASH = /^[0-9a-f]{64}$/;

export class VllmAdapters implements AdapterLoader {
  readonly form = "peft";
  readonly #server: JsonServer;

  /** `server.baseUrl` is the root, without `/v1`. */
  constructor(server: JsonServer) {
    this.#server = server;
  }

  async load({ hash, path }: AdapterFiles): Promise<void> {
    checkAdapterPath({ hash, path });
    await this.#change("load", hash, { lora_name: hash, lora_path: path }, /already been loaded|already loaded/i);
  }

  async unload(hash: Hash): Promise<void> {
    await this.#change("unload", hash, { lora_name: hash }, /cannot be found|not found|does not exist/i);
  }

  async loaded(): Promise<Hash[]> {
    const request = { path: "/v1/models", signal: AbortSignal.timeout(LOAD_TIMEOUT_MS) };
    const { data } = await requestJson(this.#server, request, ServedModels);
    return data.map(({ id }) => id).filter((id) => HASH.test(id));
  }

  async #change(verb: "load" | "unload", hash: Hash, body: object, done: RegExp): Promise<void> {
    const request = { path: `/v1/${verb}_lora_adapter`, body, signal: AbortSignal.timeout(LOAD_TIMEOUT_MS) };
    const response = await requestAny(this.#server, request);
    if (response.ok) {
      await response.body?.cancel();
      return;
    }
    const fault = await statusFault(response, this.#server.context);
    if (done.test(String(fault.data.serverMessage))) return;
    // Bad weights, a rank too high, a path that it cannot see: the server says so with 4xx and 5xx alike, and it will not pass.
    throw new ProviderError(
      `${this.#server.context.server} could not ${verb} adapter ${hash.slice(0, 12)}: ${fault.data.serverMessage}. Look at its path as the server sees it, --enable-lora, --max-lora-rank, and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True.`,
      { code: "refused", data: fault.data, cause: fault },
    );
  }
}
