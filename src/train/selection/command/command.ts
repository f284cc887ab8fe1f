/**
 * The selectors `command:...` and `claude-code`: an outside program in a prepared folder, in a jail where there is one. It is run once for the criteria
 * and once for each batch, and again where its answer cannot be used. Only one file comes back.
 */
import { join } from "node:path";
import type { OpenProgram } from "../../../campaign/program/open-program.ts";
import { runProgram } from "../../../campaign/program/run-program.ts";
import { TrainerError } from "../../../core/errors.ts";
import type { SelectorIdentity } from "../../../core/training.ts";
import type { Clock } from "../../../platform/clock.ts";
import { removeFolder } from "../../../platform/remove-folder.ts";
import { badSelection, type Problem, readChoiceLines, readCriteria } from "../answer.ts";
import { batchTask, criteriaTask, instructionsHash } from "../instructions.ts";
import type { SelectionFrame, Selector, TurnBatch, TurnChoice } from "../selector.ts";
import type { SelectionSettings } from "../settings.ts";
import type { SelectionSpending } from "../spending.ts";
import { prepareSelection, promptText, type QuestionFiles, readAnswer } from "./selection-folder.ts";

export interface CommandSelectorParts {
  program: OpenProgram;
  clock: Clock;
  settings: SelectionSettings;
  spending: SelectionSpending;
  /** A folder of the selector's own, which need not exist yet. */
  scratch: string;
  wanted?: string | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

type Read<Result> = (text: string) => { kind: "good"; result: Result } | Problem;

const usualBatchTurns = 200;

export function commandIdentity({ program, details }: OpenProgram, settings: SelectionSettings): SelectorIdentity {
  const { turns, seconds, mends, batchTurns = usualBatchTurns } = settings;
  const limits = { turns, seconds, mends, batchTurns };
  return { name: program.name, details: { ...details, ...limits, instructions: instructionsHash } };
}

export class CommandSelector implements Selector {
  readonly identity: SelectorIdentity;
  readonly batchTurns: number;
  readonly #parts: CommandSelectorParts;

  constructor(parts: CommandSelectorParts) {
    const { program, settings, wanted } = parts;
    const { name, details } = commandIdentity(program, settings);
    this.#parts = parts;
    this.batchTurns = settings.batchTurns ?? usualBatchTurns;
    this.identity = { name, details: { ...details, ...(wanted === undefined ? {} : { wanted }) } };
  }

  async criteria(frame: SelectionFrame): Promise<string> {
    const task = criteriaTask(frame, await frame.overview(), this.#parts.wanted);
    return this.#ask<string>({ kind: "criteria", task }, frame.signal, (text) => {
      const answer = readCriteria(text);
      if (answer.kind === "criteria") return { kind: "good", result: answer.text };
      return { kind: "problem", text: `result/criteria.md: ${answer.text}` };
    });
  }

  choose(batch: TurnBatch, criteria: string): Promise<readonly TurnChoice[]> {
    const { turns, signal } = batch;
    const question: QuestionFiles = { kind: "choice", task: batchTask(turns.length), criteria, batch };
    return this.#ask<readonly TurnChoice[]>(question, signal, (text) => {
      const answer = readChoiceLines(text, turns);
      if (answer.kind === "choices") return { kind: "good", result: answer.choices };
      return { kind: "problem", text: `result/selection.jsonl: ${answer.text}` };
    });
  }

  async #ask<Result>(question: QuestionFiles, signal: AbortSignal | undefined, read: Read<Result>): Promise<Result> {
    const { clock, settings, scratch } = this.#parts;
    const { seconds, mends } = settings;
    const endMs = clock.monotonicMs() + seconds * 1000;
    let sentBack: QuestionFiles["sentBack"];
    try {
      for (let mend = 0; ; mend += 1) {
        const timeoutMs = endMs - clock.monotonicMs();
        if (timeoutMs <= 0)
          throw this.#none("out-of-time", `The selection was not finished within ${seconds} seconds.`);
        const left = await this.#run({ ...question, sentBack }, timeoutMs, signal);
        const answer = read(left);
        if (answer.kind === "good") return answer.result;
        if (mend >= mends) throw badSelection(this.identity.name, answer.text, mends);
        sentBack = { left, problem: answer.text };
      }
    } finally {
      await removeFolder(scratch);
    }
  }

  /** The answer's file. */
  async #run(question: QuestionFiles, timeoutMs: number, signal: AbortSignal | undefined): Promise<string> {
    const { program, settings, spending, scratch, onProgress } = this.#parts;
    spending.leftFor(undefined);
    const folder = await prepareSelection(join(scratch, "selection"), question);
    const { turns, seconds } = settings;
    const { kind } = question;
    const run = {
      key: kind,
      prompt: promptText(kind),
      folder,
      limits: { turns, seconds },
      timeoutMs,
      signal,
      onProgress,
    };
    const end = await runProgram(program, run, (path) => readAnswer(path, kind));
    if (end.kind === "none") throw this.#none(end.code === "no-result" ? "no-selection" : end.code, end.reason);
    if (end.usage !== undefined) spending.add(end.usage);
    return end.left.text;
  }

  #none(code: string, reason: string): TrainerError {
    return new TrainerError(`Selector ${this.identity.name} gave no answer: ${reason}`, { code });
  }
}
