/**
 * The selector `agent`: a model with tools, in the loop that the reviewer `agent` has too. Each question is a conversation of its own; from batch to
 * batch it keeps nothing but the criteria, which it is given back.
 */
import * as v from "valibot";
import { type CallAnswer, type SoundCall, type StopCode, ToolLoop } from "../../../campaign/agent/tool-loop.ts";
import type { ToolModel } from "../../../campaign/agent/tool-model.ts";
import { CONTEXT_MARGIN_TOKENS } from "../../../campaign/agent/turn.ts";
import { TrainerError } from "../../../core/errors.ts";
import { hashJson } from "../../../core/hash.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ToolSpec } from "../../../core/tool-calls.ts";
import type { SelectorIdentity } from "../../../core/training.ts";
import type { Clock } from "../../../platform/clock.ts";
import { badSelection, readChoices, readCriteria } from "../answer.ts";
import { batchTask, criteriaTask, instructionsHash } from "../instructions.ts";
import type { SelectionFrame, Selector, TurnBatch, TurnChoice } from "../selector.ts";
import type { SelectionSettings } from "../settings.ts";
import type { SelectionSpending } from "../spending.ts";
import { batchLines } from "../turn-lines.ts";
import { askChoice, askCriteria, reminderText, sentBackText, systemText, turnsLeftText } from "./texts.ts";
import { Choice, Criteria, chooseTool, criteriaTool, readTurn, readTurnTool } from "./tools.ts";

export interface AgentSelectorParts {
  model: ToolModel;
  clock: Clock;
  settings: SelectionSettings;
  spending: SelectionSpending;
  /** What who plans the training asks to look for. */
  wanted?: string | undefined;
  /** One line for the screen. */
  onProgress?: ((line: string) => void) | undefined;
}

interface Question<Result> {
  key: string;
  /** The last one hands the answer in. */
  tools: readonly [...ToolSpec[], ToolSpec];
  text: string;
  signal: AbortSignal | undefined;
  /** `bad`: the answer cannot be used, and is sent back as long as there are mends left. */
  run(call: SoundCall): Promise<CallAnswer<Result> | { kind: "bad"; problem: string }>;
}

/** Turns of a batch at most, where nothing is said. */
const usualBatchTurns = 40;
/** Of what a context has room for, the share that a question may fill before a turn is read. */
const questionShare = 0.7;
const charactersPerToken = 3;

/** What decides the answers of an agent selector. */
export function agentIdentity({ identity, settings: agent }: ToolModel, settings: SelectionSettings): SelectorIdentity {
  const { turns, seconds, tokens, contextTokens, mends, batchTurns = usualBatchTurns } = settings;
  const model = JSON.parse(JSON.stringify(identity)) as JsonObject;
  const limits = { turns, seconds, ...(tokens === undefined ? {} : { tokens }), contextTokens, mends, batchTurns };
  const instructions = hashJson([systemText, askCriteria, askChoice, instructionsHash]);
  return { name: `agent:${identity.name}`, details: { model, ...agent, ...limits, instructions } };
}

export class AgentSelector implements Selector {
  readonly identity: SelectorIdentity;
  readonly batchTurns: number;
  readonly #parts: AgentSelectorParts;

  constructor(parts: AgentSelectorParts) {
    const { model, settings, wanted } = parts;
    const { name, details } = agentIdentity(model, settings);
    this.#parts = parts;
    this.batchTurns = settings.batchTurns ?? usualBatchTurns;
    this.identity = { name, details: { ...details, ...(wanted === undefined ? {} : { wanted }) } };
  }

  async criteria(frame: SelectionFrame): Promise<string> {
    const task = criteriaTask(frame, await frame.overview(), this.#parts.wanted);
    return this.#ask<string>({
      key: "criteria",
      tools: [criteriaTool],
      text: `${task}\n${askCriteria}`,
      signal: frame.signal,
      run: async ({ arguments: given }) => {
        const answer = readCriteria(v.parse(Criteria, given).text);
        if (answer.kind === "criteria") return { kind: "end", result: answer.text };
        return { kind: "bad", problem: answer.text };
      },
    });
  }

  async choose(batch: TurnBatch, criteria: string): Promise<readonly TurnChoice[]> {
    const text = questionText(batch, criteria);
    const { turns } = batch;
    if (turns.length > 1 && !this.#hasRoom(text)) return this.#inHalves(batch, criteria);
    try {
      return await this.#chooseFrom(batch, text);
    } catch (fault) {
      if (turns.length > 1 && fault instanceof TrainerError && fault.code === "context-too-small")
        return this.#inHalves(batch, criteria);
      throw fault;
    }
  }

  async #inHalves({ turns, texts, signal }: TurnBatch, criteria: string): Promise<TurnChoice[]> {
    const middle = Math.ceil(turns.length / 2);
    const first = await this.choose({ turns: turns.slice(0, middle), texts, signal }, criteria);
    return [...first, ...(await this.choose({ turns: turns.slice(middle), texts, signal }, criteria))];
  }

  #chooseFrom(batch: TurnBatch, text: string): Promise<readonly TurnChoice[]> {
    const { turns, signal } = batch;
    return this.#ask<readonly TurnChoice[]>({
      key: keyOf(batch),
      tools: [readTurnTool, chooseTool],
      text,
      signal,
      run: async ({ name, arguments: given }) => {
        if (name === readTurnTool.name) return { kind: "answer", text: await readTurn(given, batch) };
        const answer = readChoices(v.parse(Choice, given).turns, turns);
        if (answer.kind === "choices") return { kind: "end", result: answer.choices };
        return { kind: "bad", problem: answer.text };
      },
    });
  }

  async #ask<Result>(question: Question<Result>): Promise<Result> {
    const { spending, settings } = this.#parts;
    const { key } = question;
    const tokens = spending.leftFor(settings.tokens);
    const loop = this.#loop(question, tokens);
    const outcome = await loop.begin(systemText, question.text).finally(() => spending.add(loop.spent()));
    if (outcome.kind === "end") return outcome.result;
    // Where the tokens of all questions are gone, that is what is said.
    if (outcome.code === "out-of-tokens") spending.leftFor(undefined);
    throw new TrainerError(`Selector ${this.identity.name} gave no answer (${key}): ${outcome.reason}`, {
      code: codeOf(outcome.code),
    });
  }

  #loop<Result>({ key, tools, signal, run }: Question<Result>, tokens: number | undefined): ToolLoop<Result> {
    const { model, clock, settings, onProgress } = this.#parts;
    const { turns, seconds, mends } = settings;
    const handIn = (tools.at(-1) as ToolSpec).name;
    let bad = 0;
    const count = (problem: string) => {
      bad += 1;
      if (bad > mends) throw badSelection(this.identity.name, problem, mends);
    };
    return new ToolLoop<Result>({
      noun: "selection",
      model,
      tools,
      limits: { turns, seconds, tokens },
      clock,
      cacheKey: `${key}/selection`,
      signal,
      run: async (call) => {
        const answer = await run(call);
        if (answer.kind !== "bad") return answer;
        count(answer.problem);
        return { kind: "answer", text: sentBackText(answer.problem) };
      },
      onMalformed: ({ name, problem }) => {
        if (name === handIn) count(problem);
      },
      texts: {
        reminder: (cut) => reminderText(handIn, cut, model.settings.maxTokens),
        turnsLeft: (turn) => turnsLeftText(handIn, turn, turns),
      },
      describe: ({ name, arguments: given }) =>
        typeof given.turn === "string" ? `${name} ${given.turn.slice(0, 20)}` : name,
      onProgress: onProgress === undefined ? undefined : (line) => onProgress(`${key}: ${line}`),
    });
  }

  /** Whether the question leaves room in the model's context for reading, by the lengths of its texts. */
  #hasRoom(text: string): boolean {
    const { identity, settings } = this.#parts.model;
    if (identity.contextTokens === undefined) return true;
    const room = identity.contextTokens - settings.maxTokens - CONTEXT_MARGIN_TOKENS;
    return (text.length + systemText.length) / charactersPerToken <= room * questionShare;
  }
}

function codeOf(code: StopCode): string {
  if (code === "too-long") return "context-too-small";
  return code === "no-call" ? "bad-selection" : code;
}

function questionText(batch: TurnBatch, criteria: string): string {
  const { turns } = batch;
  return `${batchTask(turns.length)}\n## Your criteria\n\n${criteria.trim()}\n\n## The turns\n\n${batchLines(turns)}\n\n${askChoice}`;
}

/** `tiny-s4:8:plan:0`: the play and its first turn. */
function keyOf({ turns }: TurnBatch): string {
  const [first] = turns;
  if (first === undefined) return "batch";
  const { task, seed, stepIndex, phase, callIndex } = first;
  return `${task}-s${seed}:${stepIndex}:${phase}:${callIndex}`;
}
