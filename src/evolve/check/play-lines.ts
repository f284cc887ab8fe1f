/** The lines of a package at work over one recorded episode: hooks, limits, determinism, what is reachable, the rules of reviewing. */
import { type CheckLine, failLine, okLine, warnLine } from "../../core/check-line.ts";
import type { Scaffold } from "../../core/scaffold.ts";
import type { RecordedEpisode } from "../../run/replay/recorded-episode.ts";
import { type ReplayReport, replayScaffold } from "../../run/replay/replay-scaffold.ts";
import { type ReachFault, reachFaults } from "../../scaffold/check/reach.ts";
import { sandboxLimits } from "../../scaffold/sandbox/limits.ts";
import { withoutInherited } from "./inherited.ts";
import { memoryRuleLines } from "./memory-rules.ts";
import { probingScaffold } from "./probing-scaffold.ts";

/** A hook that uses more than this share of its units is near the limit. */
const nearLimit = 0.25;

/** Replays the episode three times: twice to compare, once with questions. `parent`: the scaffold it was made from. */
export async function playLines(
  scaffold: Scaffold,
  episode: RecordedEpisode,
  limitSteps: number,
  parent: Scaffold | undefined,
  signal: AbortSignal | undefined,
): Promise<CheckLine[]> {
  const options = { limitSteps, details: 0, signal };
  const report = await replayScaffold(scaffold, episode, options);
  if (report.failure !== undefined) return [hookLine(report)];
  const again = await replayScaffold(scaffold, episode, options);
  return [
    hookLine(report),
    workLine(report),
    determinismLine(report, again),
    await reachLine(scaffold, episode, report.steps, signal),
    ...(await withoutInherited(memoryRuleLines(report), report, parent, episode, signal)),
  ];
}

function hookLine({ failure, steps, episode }: ReplayReport): CheckLine {
  const name = `hooks, ${episode}`;
  if (failure === undefined) return okLine(name, `${steps} steps replayed`);
  return failLine(name, `step ${failure.stepIndex}, ${failure.hook}: ${failure.message}`, "");
}

function workLine({ work, episode }: ReplayReport): CheckLine {
  const name = `work, ${episode}`;
  const [dearest] = Object.entries(work).sort(([, one], [, other]) => other - one);
  if (dearest === undefined) return okLine(name, "not counted");
  const [hook, units] = dearest;
  const found = `the dearest hook call is ${hook} with ${units} units of ${sandboxLimits.hookFuel}`;
  if (units <= nearLimit * sandboxLimits.hookFuel) return okLine(name, found);
  return warnLine(name, found, "A longer observation or fuller memory may end the episode. Make it do less.");
}

function determinismLine(one: ReplayReport, other: ReplayReport): CheckLine {
  const name = `determinism, ${one.episode}`;
  if (one.digest === other.digest) return okLine(name, "two sessions gave the same");
  return failLine(
    name,
    "two sessions gave something else for the same input.",
    "Let results follow from context and state alone.",
  );
}

async function reachLine(
  scaffold: Scaffold,
  episode: RecordedEpisode,
  steps: number,
  signal: AbortSignal | undefined,
): Promise<CheckLine> {
  const name = `base operations, ${episode.name}`;
  const at = [...new Set([0, 1, Math.floor(steps / 2), steps - 1])].filter((step) => step < steps);
  const faults: ReachFault[] = [];
  const probing = probingScaffold(scaffold, new Set(at), (session, context, step, memory) => {
    faults.push(...reachFaults(session, context, step, memory));
  });
  const report = await replayScaffold(probing, episode, { limitSteps: steps, details: 0, signal });
  const [first] = faults;
  if (first !== undefined) {
    return failLine(
      name,
      `${first.what} cannot be used at step ${first.stepIndex}: ${first.reason}.`,
      "Every scaffold must let the model use it.",
    );
  }
  if (report.failure !== undefined) {
    const { hook, stepIndex, message } = report.failure;
    return failLine(name, `asked at step ${stepIndex}, ${hook}: ${message}`, "");
  }
  return okLine(
    name,
    `all can be used, an action passes and the fallback is one of the game's (steps ${at.join(", ")})`,
  );
}
