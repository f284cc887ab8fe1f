/** The table of steps: a row for each step that was played, of unfinished episodes too. */
import type { StepRow } from "../../store/step-view.ts";
import type { StepTimes } from "../../store/times.ts";
import type { KeptEpisode } from "../run-totals.ts";
import type { Column } from "./table.ts";

export interface PlayedStep {
  run: string;
  episode: KeptEpisode;
  row: StepRow;
  /** `undefined` where no times were kept. */
  times: StepTimes | undefined;
}

export const stepColumns: readonly Column<PlayedStep>[] = [
  { name: "run", type: "text", value: ({ run }) => run },
  { name: "episode", type: "text", value: ({ episode }) => episode.key },
  { name: "task", type: "text", value: ({ episode }) => episode.task },
  { name: "seed", type: "integer", value: ({ episode }) => episode.seed },
  { name: "step", type: "integer", value: ({ row }) => row.stepIndex },
  { name: "action", type: "text", value: ({ row }) => row.action },
  { name: "executed", type: "text", value: ({ row }) => row.executed },
  { name: "valid", type: "truth", value: ({ row }) => row.valid },
  { name: "fallback", type: "truth", value: ({ row }) => row.fallback },
  { name: "reward", type: "number", value: ({ row }) => row.reward },
  { name: "progress", type: "number", value: ({ row }) => row.progress },
  { name: "unchanged", type: "truth", value: ({ row }) => row.unchanged },
  { name: "calls", type: "integer", value: ({ row }) => row.calls },
  { name: "operations", type: "integer", value: ({ row }) => row.operations },
  { name: "writes", type: "integer", value: ({ row }) => row.writes },
  { name: "format_failures", type: "integer", value: ({ row }) => row.formatFailures },
  { name: "prompt_tokens", type: "integer", value: ({ row }) => row.promptTokens },
  { name: "generated_tokens", type: "integer", value: ({ row }) => row.generatedTokens },
  { name: "total_ms", type: "number", value: ({ times }) => times?.totalMs },
  { name: "game_ms", type: "number", value: ({ times }) => times?.gameMs },
  {
    name: "model_ms",
    type: "number",
    value: ({ times }) => times?.calls.reduce((sum, { totalMs }) => sum + totalMs, 0),
  },
];
