/** The models that an OpenAI-compatible server lists, and what the list says of the one that was asked for. */
import type { OpenAI } from "openai";
import * as v from "valibot";
import { AutomemError, ConfigError, ProviderError } from "../../core/errors.ts";
import type { ModelName } from "../../core/model-name.ts";
import type { FaultContext } from "../http-fault.ts";
import { withRetries } from "../retry.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { requestFault } from "./faults.ts";
import type { ServerKind } from "./server-kind.ts";
import { ModelList } from "./wire.ts";

/** Time for each question that is asked when a model is opened. */
export const OPEN_TIMEOUT_MS = 20_000;

/** Servers without a list are taken as they are; anything else that is wrong shows here, before a game starts. Throws `ProviderError`. */
export async function listModels(
  client: OpenAI,
  context: FaultContext,
  deps: ProviderDeps,
): Promise<ModelList | undefined> {
  const ask = async (): Promise<unknown> => {
    try {
      return await client.get("/models", { timeout: OPEN_TIMEOUT_MS });
    } catch (cause) {
      if (cause instanceof SyntaxError) return undefined;
      throw requestFault(cause, context);
    }
  };
  let answer: unknown;
  try {
    answer = await withRetries(ask, { clock: deps.clock, random: deps.random });
  } catch (fault) {
    if (fault instanceof AutomemError && (fault.code === "model-missing" || fault.data.status === 405))
      return undefined;
    throw fault;
  }
  const listed = v.safeParse(ModelList, answer);
  return listed.success ? listed.output : undefined;
}

/** Throws `ProviderError` (`model-missing`) if there is a list and the model is not on it. */
export function checkListed(name: ModelName, listed: ModelList | undefined, context: FaultContext): void {
  if (listed === undefined || listed.data.length === 0) return;
  const ids = listed.data.map(({ id }) => id);
  if (ids.includes(name.model) || ids.includes(`${name.model}:latest`)) return;
  // llama-server answers for its one model whatever the name; others refuse.
  if (listed.data.length === 1 && listed.data[0]?.owned_by === "llamacpp") return;
  throw new ProviderError(
    `The server at ${context.server} has no model "${name.model}". It has: ${ids.slice(0, 20).join(", ")}.`,
    { code: "model-missing", data: { model: name.model, models: ids.slice(0, 100) } },
  );
}

/** Throws `ConfigError` (`context-too-large`). */
export function checkContext(name: ModelName, settings: ModelSettings, { contextTokens }: ServerKind): void {
  if (contextTokens === undefined || contextTokens >= settings.contextTokens) return;
  throw new ConfigError(
    `The server of ${name.text} has a context of ${contextTokens} tokens; ${settings.contextTokens} were asked for. Ask for ${contextTokens} or fewer, or start the server with more.`,
    { code: "context-too-large", data: { contextTokens } },
  );
}
