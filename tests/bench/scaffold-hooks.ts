/**
 * Processor time of one hook of the base scaffold, in microseconds, on a NetHack observation and its action list, the program warm and in the
 * cache. Run: `bun tests/bench/scaffold-hooks.ts`. Linux only.
 */
import type { ScaffoldSession, StepContext } from "../../src/core/scaffold.ts";
import { playBase, recorded } from "../scaffolds/base-package.ts";
import { cpuUs } from "./cpu-meter.ts";

const rounds = 2_000;
const memory = { list: () => [], read: () => "x".repeat(2_000) };
const { session, step } = await playBase(await recorded("nethack"), "corridor");
const hooks: Record<string, (session: ScaffoldSession, step: StepContext) => unknown> = {
  onObservation: (at, now) => at.onObservation(now, memory),
  logPrompt: (at, now) => at.logPrompt(now, memory),
  planPrompt: (at, now) => at.planPrompt(now, memory),
  planContinue: (at, now) => at.planContinue(now, memory, { results: [], callsLeft: 3 }),
  repairAction: (at, now) => at.repairAction(now, "move north"),
  fallbackAction: (at, now) => at.fallbackAction(now),
};
console.log(`step of ${JSON.stringify(step).length} characters`);
for (const [name, run] of Object.entries(hooks)) {
  for (let round = 0; round < rounds / 4; round += 1) run(session, step);
  const started = cpuUs("thread");
  for (let round = 0; round < rounds; round += 1) run(session, step);
  console.log(`${name}: ${((cpuUs("thread") - started) / rounds).toFixed(0)} µs`);
}
