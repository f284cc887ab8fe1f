/** What every HTTP provider does around a call: time limit, cancellation, retries, and no retry once text was shown. */
import type { ChatOptions, ModelCapabilities } from "../core/chat-model.ts";
import { AutomemError, messageOf, ProviderError } from "../core/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { withRetries } from "./retry.ts";

export interface ChatAttempt {
  /** Aborted with a `ProviderError` (`timeout` or `cancelled`) as its reason. */
  signal: AbortSignal;
  /** Passes a piece of the reply on. */
  onText: (piece: string) => void;
}

export interface ChatCall {
  /** As the user names it. */
  modelName: string;
  options: ChatOptions;
  capabilities: ModelCapabilities;
  clock: Clock;
  /** Spreads the delays before further attempts; as in `RetryPlan`. */
  random?: (() => number) | undefined;
  /** Default 3. */
  attempts?: number | undefined;
}

/**
 * One reply within `timeoutMs`, all attempts together.
 * Throws `ProviderError`; a thrown value of another kind becomes `bad-response` with its message.
 */
export async function chatCall<Reply>(
  call: ChatCall,
  attempt: (attempt: ChatAttempt) => Promise<Reply>,
): Promise<Reply> {
  refuseUnsupported(call);
  const { options, clock, random, modelName, attempts } = call;
  let shown = false;
  const onText = (piece: string): void => {
    if (piece === "") return;
    shown = true;
    options.onText?.(piece);
  };
  return withinLimits(call, (signal) =>
    withRetries(
      async () => {
        try {
          return await attempt({ signal, onText });
        } catch (cause) {
          if (signal.aborted) throw signal.reason;
          if (cause instanceof AutomemError) throw cause;
          throw new ProviderError(`${modelName} gave an answer that cannot be used: ${messageOf(cause)}`, {
            code: "bad-response",
            cause,
            retryable: true,
          });
        }
      },
      { clock, random, signal, attempts, mayRetry: () => !(shown && options.onText !== undefined) },
    ),
  );
}

/** Throws `ProviderError` `refused` for an option that the provider would ignore. */
export function refuseUnsupported({ modelName, options, capabilities }: Omit<ChatCall, "clock">): void {
  if (options.grammar !== undefined && options.grammar.form !== capabilities.grammar) {
    const known = capabilities.grammar === "none" ? "no grammar" : `a grammar as ${capabilities.grammar} only`;
    throw new ProviderError(`${modelName} knows ${known}, and was given ${options.grammar.form}.`, { code: "refused" });
  }
  if (options.adapter === undefined || capabilities.adapters !== "none") return;
  throw new ProviderError(
    `${modelName} cannot use an adapter (${options.adapter.slice(0, 12)}); ask the base model or use another provider.`,
    {
      code: "refused",
    },
  );
}

/** The fault of a cancelled call. */
export function cancelledFault(modelName: string): ProviderError {
  return new ProviderError(`The call to ${modelName} was cancelled.`, { code: "cancelled" });
}

/** Ends `work` when the time is up or the caller cancels, even if `work` does not heed its signal. */
async function withinLimits<T>(call: ChatCall, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { modelName, options, clock } = call;
  if (options.signal?.aborted) throw cancelledFault(modelName);
  const running = new AbortController();
  const finished = new AbortController();
  const onCancel = (): void => running.abort(cancelledFault(modelName));
  options.signal?.addEventListener("abort", onCancel, { once: true });
  const ended = new Promise<never>((_, reject) => {
    running.signal.addEventListener("abort", () => reject(running.signal.reason), { once: true });
  });
  clock.sleep(options.timeoutMs, finished.signal).then(
    () => running.abort(timeoutFault(modelName, options.timeoutMs)),
    () => undefined,
  );
  try {
    return await Promise.race([work(running.signal), ended]);
  } finally {
    // With a reason of its own: the standard one is an error with a stack, made at every call.
    finished.abort(null);
    options.signal?.removeEventListener("abort", onCancel);
  }
}

function timeoutFault(modelName: string, timeoutMs: number): ProviderError {
  return new ProviderError(
    `${modelName} did not finish within ${timeoutMs} ms. Allow more time, ask for fewer tokens, or look whether the server is overloaded.`,
    { code: "timeout", data: { timeoutMs }, retryable: true },
  );
}
