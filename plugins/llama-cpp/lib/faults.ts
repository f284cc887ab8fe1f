/** Faults the engine answers with, as JSON-RPC errors. Codes: docs/protocol.md, "Errors". */

export const INVALID_PARAMS = -32602;
export const ENGINE_FAILED = -32001;
export const MISSING = -32002;
export const NOT_NOW = -32003;
export const CONTEXT_OVERFLOW = -32004;

export interface FaultData {
  code: string;
  retryable: boolean;
  detail?: unknown;
}

/** A failed call. The message says what failed, on what, and what to do. */
export class EngineFault extends Error {
  readonly rpcCode: number;
  readonly data: FaultData;

  constructor(rpcCode: number, code: string, message: string, detail?: unknown) {
    super(message);
    this.name = "EngineFault";
    this.rpcCode = rpcCode;
    this.data = detail === undefined ? { code, retryable: false } : { code, retryable: false, detail };
  }
}

/** Any thrown value as a fault; an unknown one becomes `engine-failed`. */
export function asFault(thrown: unknown): EngineFault {
  if (thrown instanceof EngineFault) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new EngineFault(ENGINE_FAILED, "engine-failed", `llama.cpp failed: ${message}`);
}
