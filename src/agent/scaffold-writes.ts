/** Lets a scaffold's hook write to the memory folder; each write is in the journal as the scaffold's. */
import type { OperationEntry } from "../core/journal.ts";
import type { Phase } from "../core/memory-op.ts";
import type { MemoryWriter, StepContext } from "../core/scaffold.ts";
import { type HookWrite, withWriter } from "../memory/views.ts";
import { type EpisodeRun, type Present, stepContext } from "./episode-run.ts";

/** Runs `afterLog` (phase `log`) or `beforePlan` (phase `plan`). `callIndex` places the writes after that call, or before it at PLAN's 0. */
export function runWritingHook(
  run: EpisodeRun,
  present: Present,
  phase: Phase,
  callIndex: number,
  hook: (step: StepContext, memory: MemoryWriter) => void,
): void {
  const report = ({ name, file, answer }: HookWrite): void => {
    const entry: OperationEntry = {
      kind: "operation",
      stepIndex: present.stepIndex,
      phase,
      callIndex,
      actor: "scaffold",
      name,
      arguments: [file],
      status: answer.ok ? "ok" : "refused",
      result: answer.ok ? "" : answer.refusal,
    };
    if (answer.ok) entry.writes = [answer.change];
    run.sink.add(entry);
  };
  withWriter(run.folder, report, (writer) => hook(stepContext(run, present), writer));
}
