/** The decider `agent`: a model reads the ledger and answers by a tool call. What cannot be used is sent back with what is wrong. */
import * as v from "valibot";
import { type CallAnswer, type SoundCall, ToolLoop, type ToolLoopOutcome } from "../../../campaign/agent/tool-loop.ts";
import { type ToolModel, toolModel } from "../../../campaign/agent/tool-model.ts";
import { costOf } from "../../../core/budget.ts";
import type { ChatModel } from "../../../core/chat-model.ts";
import { ConfigError, TrainerError } from "../../../core/errors.ts";
import { hashJson } from "../../../core/hash.ts";
import { type Json, type JsonObject, plainJson } from "../../../core/json.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { TrainSettings } from "../../settings.ts";
import type { Decided, Decider, Decision, DecisionFrame, DecisionSpending } from "../decider.ts";
import { DecisionSettings } from "../settings.ts";
import { frameText } from "./frame-text.ts";
import { readPlan } from "./read-plan.ts";
import { answersLeftText, priorsText, reminderText, sentBackText, systemText } from "./texts.ts";
import { DoneCall, decisionTools, PlanCall } from "./tools.ts";

export interface AgentDeciderOptions {
  /** Closed with the decider. */
  model: ChatModel;
  clock: Clock;
  settings: Pick<TrainSettings, "recipe" | "data" | "selector" | "decision" | "reviewerPrices">;
}

/**
 * Named `agent:` and the model's name. Throws as `toolModel`. A decision throws `TrainerError` `bad-decision` (`data`: tokens, money) after its
 * mends, and `ConfigError` `context-too-small` where not even the latest trial fits the model's context.
 */
export function createAgentDecider({ model, clock, settings }: AgentDeciderOptions): Decider {
  const name = `agent:${model.identity.name}`;
  const decision = v.parse(DecisionSettings, settings.decision ?? {});
  const sampling = { seed: 0, ...decision.agent };
  const asked = toolModel(model, { name, instead: 'the decider "grid"', settings: sampling });
  const { agent: _, ...limits } = decision;
  const instructions = hashJson([systemText, priorsText("")]);
  const details = plainJson({ model: model.identity, ...asked.settings, ...limits, instructions }) as JsonObject;
  return {
    identity: { name, details },
    decide: (frame) => new AgentDecision({ name, model: asked, clock, settings, limits }, frame).make(),
    close: () => model.close(),
  };
}

interface DecisionParts extends Pick<AgentDeciderOptions, "clock" | "settings"> {
  name: string;
  model: ToolModel;
  limits: Omit<DecisionSettings, "agent">;
}

/** Tokens kept free beside text and reply: the tools' schemas and the answers that are sent back. */
const KEPT_FREE_TOKENS = 3000;
/** Few rather than too many: figures and hashes take more tokens than words. */
const CHARACTERS_PER_TOKEN = 3;

class AgentDecision {
  readonly #parts: DecisionParts;
  readonly #frame: DecisionFrame;
  readonly #spent: DecisionSpending = { tokens: 0, money: 0 };
  readonly #transcript: Json[] = [];

  constructor(parts: DecisionParts, frame: DecisionFrame) {
    this.#parts = parts;
    this.#frame = frame;
  }

  async make(): Promise<Decided> {
    let latest = this.#latestThatFit();
    for (;;) {
      const { outcome, lastProblem } = await this.#ask(latest);
      if (outcome.kind === "end") {
        return { decision: outcome.result, spent: { ...this.#spent }, transcript: this.#transcript };
      }
      if (outcome.code !== "too-long") throw this.#badDecision(outcome.reason, lastProblem);
      if (latest === 0) throw contextTooSmall(this.#parts.name, outcome.reason);
      latest = Math.floor(latest / 2);
    }
  }

  /** The ledger is shortened, oldest first, before the model is asked; what its server then still refuses is shortened further. */
  #latestThatFit(): number {
    const { model, settings } = this.#parts;
    const { ledger, datasets } = this.#frame;
    const all = Math.max(ledger.length, datasets.length);
    const { contextTokens } = model.identity;
    if (contextTokens === undefined) return all;
    const room = (contextTokens - model.settings.maxTokens - KEPT_FREE_TOKENS) * CHARACTERS_PER_TOKEN;
    const lengthOf = (latest: number): number => systemText.length + frameText(this.#frame, settings, latest).length;
    let latest = all;
    while (latest > 0 && lengthOf(latest) > room) latest -= 1;
    return latest;
  }

  async #ask(latest: number): Promise<{ outcome: ToolLoopOutcome<Decision>; lastProblem: string | undefined }> {
    const { model, clock, limits, settings } = this.#parts;
    const { round, trial, signal } = this.#frame;
    const turns = limits.mends + 1;
    const tokens = limits.tokens === undefined ? undefined : Math.max(1, limits.tokens - this.#spent.tokens);
    const loop = new ToolLoop<Decision>({
      noun: "decision",
      model,
      tools: decisionTools,
      limits: { turns, seconds: limits.seconds, tokens },
      clock,
      cacheKey: `r${round}t${trial}/decision`,
      signal,
      run: async (call) => this.#run(call),
      texts: {
        reminder: (cut) => reminderText(cut, model.settings.maxTokens),
        turnsLeft: (turn) => answersLeftText(turn, turns),
      },
    });
    const shown = frameText(this.#frame, settings, latest);
    this.#transcript.push({ shown });
    try {
      const outcome = await loop.begin(systemText, shown);
      return { outcome, lastProblem: problemIn(loop.transcript().at(-1)) };
    } finally {
      this.#transcript.push(...loop.transcript());
      const usage = loop.spent();
      this.#spent.tokens += usage.promptTokens + usage.generatedTokens;
      this.#spent.money += settings.reviewerPrices === undefined ? 0 : costOf(usage, settings.reviewerPrices);
    }
  }

  #run({ name, arguments: given }: SoundCall): CallAnswer<Decision> {
    if (name === "done") return { kind: "end", result: { kind: "done", reason: v.parse(DoneCall, given).reason } };
    const call = v.parse(PlanCall, given);
    const read = readPlan(call, this.#frame, this.#parts.settings);
    if (read.kind === "problem") return { kind: "answer", text: sentBackText(read.problem) };
    return { kind: "end", result: { kind: "plan", plan: read.plan, reason: call.reason } };
  }

  #badDecision(reason: string, lastProblem: string | undefined): TrainerError {
    const { round, trial } = this.#frame;
    const last = lastProblem === undefined ? "" : ` What it was told last: ${lastProblem}`;
    return new TrainerError(
      `${this.#parts.name} gave no decision that can be used for trial ${trial} of round ${round}. ${reason}${last} Use another model, allow more (decision.mends), or the decider "grid".`,
      { code: "bad-decision", data: { ...this.#spent } },
    );
  }
}

/** What the model was told last: the answer to its call, or a reminder. */
function problemIn(entry: unknown): string | undefined {
  const { result, reminder } = (entry ?? {}) as { result?: unknown; reminder?: unknown };
  const said = result ?? reminder;
  return typeof said === "string" ? said : undefined;
}

function contextTooSmall(name: string, reason: string): ConfigError {
  return new ConfigError(`${name} cannot be shown even one trial. ${reason} Allow more (decision.contextTokens).`, {
    code: "context-too-small",
  });
}
