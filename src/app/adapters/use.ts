/** Makes an adapter ready to answer: placed where the server reads it, loaded, and verified. */

import * as v from "valibot";
import type { AdapterRecord } from "../../core/adapter.ts";
import type { ChatModel } from "../../core/chat-model.ts";
import { ConfigError, ProviderError } from "../../core/errors.ts";
import { type Verification, verifyAdapter } from "../../inference/adapters/verify.ts";
import type { App } from "../app.ts";
import { keepAdapterCheck, VerificationFigures } from "../checks/adapter-checks.ts";
import { placeAdapter } from "./place.ts";

/**
 * Afterwards calls of `model` may name `adapter.name`. Loads it where the provider loads while it runs; where adapters come with the server's
 * start, it must have been started with it.
 * Throws `ConfigError`: `wrong-base` for weights it was not made for, `no-adapters` for a provider without, `adapter-form`; `ProviderError`:
 * `refused` for an adapter that the server cannot use, `adapter-unverified`.
 */
export async function useAdapter(app: App, model: ChatModel, adapter: AdapterRecord): Promise<Verification> {
  checkBase(model, adapter);
  const short = adapter.name.slice(0, 12);
  if (model.capabilities.adapters === "none") {
    // A llama-server says so too when it was started without any.
    const hint =
      model.identity.provider === "llama-server" && adapter.gguf !== undefined
        ? `Start it with --cache-ram 0 --lora ${(await placeAdapter(app, adapter, "gguf")).path}`
        : "Use llama-cpp, llama-server, ollama (a model that is one GGUF on its server) or vllm";
    throw new ConfigError(`${model.identity.name} takes no adapters, so not ${short}. ${hint}.`, {
      code: "no-adapters",
      data: { adapter: adapter.name },
    });
  }
  if (model.adapters !== undefined) {
    await model.adapters.load(await placeAdapter(app, adapter, model.adapters.form));
  }
  return verified(app, model, adapter);
}

/** What was found is kept, good or bad. */
async function verified(app: App, model: ChatModel, { name }: AdapterRecord): Promise<Verification> {
  try {
    const found = await verifyAdapter(model, name);
    await keepAdapterCheck(app, model.identity, name, { passed: true, ...found });
    return found;
  } catch (fault) {
    const found = fault instanceof ProviderError && fault.code === "adapter-unverified" ? fault.data : undefined;
    const read = v.safeParse(VerificationFigures, found);
    if (read.success) await keepAdapterCheck(app, model.identity, name, { passed: false, ...read.output });
    throw fault;
  }
}

function checkBase({ identity, adapters }: ChatModel, { name, base }: AdapterRecord): void {
  const found = adapters?.baseDigest ?? identity.digest;
  if (base.digest === undefined || found === undefined || base.digest === found) return;
  throw new ConfigError(
    `Adapter ${name.slice(0, 12)} was made for ${base.model} with weights ${base.digest.slice(0, 12)}; ${identity.name} has ${found.slice(0, 12)}. Use it with the weights it was made for.`,
    { code: "wrong-base", data: { adapter: name, base: base.digest, found } },
  );
}
