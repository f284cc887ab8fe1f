/** What sandboxed code may use. */

export const sandboxLimits = {
  /** Bytes of QuickJS heap. */
  heapBytes: 64 * 1024 * 1024,
  /** Bytes of QuickJS stack. */
  stackBytes: 256 * 1024,
  /** Time for one hook, in milliseconds: over when both the clock and the processor time of the thread have passed it. */
  hookMs: 250,
  /**
   * Units of work for one hook: turns of loops inside the interpreter, the same count on every machine. A simple hook uses under
   * 100,000; 20,000,000 take 40 to 250 ms.
   */
  hookFuel: 20_000_000,
  /** Time and work for loading a package. */
  loadMs: 2_000,
  loadFuel: 200_000_000,
  /** Calls from one hook to the host (memory reads and writes). */
  hostCalls: 10_000,
} as const;

/** Sizes of what hooks return, in characters unless said otherwise. */
export const resultLimits = {
  prompt: 262_144,
  state: 262_144,
  signals: 65_536,
  debug: 262_144,
  initFiles: 524_288,
  actionName: 256,
  message: 16_384,
  operations: 32,
  /** Levels of arrays and objects in signals and debug values. */
  depth: 64,
} as const;
