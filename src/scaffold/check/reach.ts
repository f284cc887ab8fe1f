/**
 * Asks a session, at one step of an episode, whether the model can still do what every scaffold must let it do: the base operations in their
 * phases, and an action. What is asked may change the session's state; use one that is not played on.
 */
import { type BaseOperationName, baseOperations, type MemoryOperation, type Phase } from "../../core/memory-op.ts";
import type { EpisodeContext, MemoryReader, ScaffoldSession, StepContext } from "../../core/scaffold.ts";

/** What could not be done, and why. */
export interface ReachFault {
  stepIndex: number;
  /** `APPEND in LOG`, `ACTION`. */
  what: string;
  reason: string;
}

/** A name no scaffold has a reason to refuse, and a line that stands nowhere yet. */
const freshFile = "check-notes.txt";
const plainText = "A plain line, noted by the check of the scaffold.";

const askedOperations = ["READ", "SEARCH", "TAIL", "COUNT", "APPEND", "WRITE", "CREATE"] as const;

/** Files that operations are tried on at most. */
const triedFiles = 12;

/** Faults at this step; none: all is reachable. Throws `ScaffoldError` where a hook fails. */
export function reachFaults(
  session: ScaffoldSession,
  episode: EpisodeContext,
  step: StepContext,
  memory: MemoryReader,
): ReachFault[] {
  const faults: ReachFault[] = [];
  for (const phase of ["log", "plan"] as const) {
    if (phase === "log" && step.stepIndex === 0) continue;
    for (const name of askedOperations) {
      const shape = baseOperations[name];
      if (!(shape.phases as readonly Phase[]).includes(phase)) continue;
      const reason = refusalOfAll(session, step, memory, phase, name);
      if (reason !== undefined)
        faults.push({ stepIndex: step.stepIndex, what: `${name} in ${phase.toUpperCase()}`, reason });
    }
  }
  const reason = actionFault(session, episode, step, memory);
  if (reason !== undefined) faults.push({ stepIndex: step.stepIndex, what: "ACTION", reason });
  session.fallbackAction(step);
  return faults;
}

/** Why no plain form of an operation runs; `undefined` if one does. A scaffold may protect single files, and refuse what is a repetition. */
function refusalOfAll(
  session: ScaffoldSession,
  step: StepContext,
  memory: MemoryReader,
  phase: Phase,
  name: (typeof askedOperations)[number],
): string | undefined {
  const files = [freshFile, ...memory.list().map((file) => file.name)].slice(0, triedFiles);
  let first: string | undefined;
  for (const file of name === "CREATE" ? [freshFile] : files) {
    const verdict = session.onOperation(step, memory, phase, plainOperation(name, file));
    if (verdict.verdict === "allow") return undefined;
    if (verdict.verdict === "refuse") {
      first ??= `onOperation refuses it: "${verdict.text}"`;
      continue;
    }
    const effect = effectOf(session, verdict.operation.name);
    if (effect === baseOperations[name].effect) return undefined;
    return `onOperation puts ${verdict.operation.name} in its place, which is ${effect === undefined ? "no memory operation" : `a ${effect}`}`;
  }
  return first;
}

function plainOperation(name: BaseOperationName, file: string): MemoryOperation {
  const values = { file, keyword: "plain", count: "3", text: plainText, name: "" };
  return { name, arguments: baseOperations[name].arguments.map((kind) => values[kind]) };
}

function effectOf(session: ScaffoldSession, name: string): string | undefined {
  const own = session.operations.find((spec) => spec.name === name);
  if (own !== undefined) return own.effect;
  return Object.hasOwn(baseOperations, name) ? baseOperations[name as BaseOperationName].effect : undefined;
}

/** Why no action passes validateAction; `undefined` if one does. */
function actionFault(
  session: ScaffoldSession,
  episode: EpisodeContext,
  step: StepContext,
  memory: MemoryReader,
): string | undefined {
  let first: string | undefined;
  for (const { name } of episode.actions) {
    const verdict = session.validateAction(step, memory, session.repairAction(step, name));
    if (verdict.verdict === "accept") return undefined;
    first ??= `validateAction rejects every action; ${name}: "${verdict.text}"`;
  }
  return first;
}
