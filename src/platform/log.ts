/** A log of what happened, for people who look for a cause. Passed in; nothing writes to the terminal from below. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "./clock.ts";

export type LogLevel = "debug" | "info" | "warn";
/** Facts beside the message; must have a JSON form and hold no secret. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
}

/** Keeps nothing. */
export const nullLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};

/**
 * Appends one JSON object a line to `path`: `{time, level, message, ...fields}`, time as ISO 8601 in UTC. Makes the folder.
 * Written at once, so that the last line before a crash is there. A failure to write is thrown by the first call that meets it.
 */
export function fileLog(path: string, clock: Clock, least: LogLevel = "info"): Log {
  mkdirSync(dirname(path), { recursive: true });
  const order: readonly LogLevel[] = ["debug", "info", "warn"];
  const write =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (order.indexOf(level) < order.indexOf(least)) return;
      const time = new Date(clock.nowMs()).toISOString();
      appendFileSync(path, `${JSON.stringify({ ...fields, time, level, message })}\n`);
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn") };
}
