/** Checks that hold for every kind of plugin: how its process ends. */
import type { PluginProcess } from "../plugin-process.ts";
import { expect } from "./check.ts";

/** How long a plugin may take to exit once its stdin has ended, before the first signal. */
export const exitWithinMs = 2000;

/** Ends stdin without a word and waits for the process to exit by itself. */
export async function expectExitAtEndOfInput(process: PluginProcess): Promise<void> {
  process.endInput();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, exitWithinMs, undefined);
  });
  const exit = await Promise.race([process.exited, late]);
  clearTimeout(timer);
  expect(exit !== undefined, `it still runs ${exitWithinMs} ms after its stdin ended; it would outlive automem`);
}

/** Sends `close`, ends stdin and expects an exit with code 0, without a signal. */
export async function expectCleanClose(process: PluginProcess): Promise<void> {
  await process.close();
  const exit = await process.exited;
  expect(exit.signal === null, `it had to be ended by ${exit.signal}`);
  expect(exit.code === 0, `it exited with code ${exit.code}`);
}
