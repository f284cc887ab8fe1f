/**
 * Typed faults, one class for each boundary that can break.
 * Expected outcomes (a refused memory operation, a rejected action) are values, not errors.
 * Idea: verifiers `verifiers/v1/errors.py`, vercel/ai `packages/provider/src/errors`.
 */

export interface FaultDetails {
  /** Stable kebab-case name of the fault, for programs. */
  code: string;
  /** Facts for a person or a log; never a secret. */
  data?: Record<string, unknown>;
  cause?: unknown;
  /** True if the same call may succeed later without a change by the user. */
  retryable?: boolean;
}

/** A fault at a boundary. The message says what failed, on what, and what to do. */
export class AutomemError extends Error {
  readonly code: string;
  readonly data: Record<string, unknown>;
  readonly retryable: boolean;

  constructor(message: string, details: FaultDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.data = details.data ?? {};
    this.retryable = details.retryable ?? false;
  }
}

/** What the user wrote (flags, files, names) cannot be used. Exit code 2. */
export class ConfigError extends AutomemError {}
/** A model server or engine failed, or answered what cannot be used. */
export class ProviderError extends AutomemError {}
/** A game process failed. */
export class GameError extends AutomemError {}
/** Scaffold code or a scaffold package failed. */
export class ScaffoldError extends AutomemError {}
/** The store cannot be read or written as it must. */
export class StoreError extends AutomemError {}
/** A plugin cannot be installed, started or trusted. */
export class PluginError extends AutomemError {}
/** A training process failed. */
export class TrainerError extends AutomemError {}

/**
 * Runs `work`; a thrown value that is not yet an `AutomemError` is wrapped by `wrap`, a typed one passes through.
 * Use once at a boundary.
 */
export async function attribute<T>(work: () => Promise<T>, wrap: (cause: unknown) => AutomemError): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AutomemError) throw cause;
    throw wrap(cause);
  }
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
