/** One review by a model with tools: what the loop that both outer loops share (src/campaign/agent) is to do in it. */
import * as v from "valibot";
import { type CallAnswer, type SoundCall, ToolLoop, type ToolLoopOutcome } from "../../../campaign/agent/tool-loop.ts";
import type { ToolModel } from "../../../campaign/agent/tool-model.ts";
import type { Json } from "../../../core/json.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { References } from "../references.ts";
import type { Proposal, ReviewOutcome, ReviewSession, ReviewSpending, ReviewTask } from "../reviewer.ts";
import {
  beginText,
  failedText,
  reminderText,
  sentBackText,
  systemText,
  turnsLeftText,
  unchangedText,
} from "./texts.ts";
import { cutResult, Finish, GiveUp, reviewTools, runTool } from "./tools.ts";
import { Workbench } from "./workbench.ts";

interface SessionParts {
  model: ToolModel;
  task: ReviewTask;
  clock: Clock;
  references: References;
}

export class AgentSession implements ReviewSession {
  readonly #task: ReviewTask;
  readonly #bench: Workbench;
  readonly #loop: ToolLoop<ReviewOutcome>;

  constructor({ model, task, clock, references }: SessionParts) {
    const { key, limits, log, signal, onProgress } = task;
    this.#task = task;
    this.#bench = new Workbench(task, references);
    this.#loop = new ToolLoop<ReviewOutcome>({
      noun: "review",
      model,
      tools: reviewTools,
      limits,
      clock,
      cacheKey: `${key}/review`,
      log,
      signal,
      run: (call) => this.#run(call),
      texts: {
        reminder: (cut) => reminderText(cut, model.settings.maxTokens),
        turnsLeft: (turn) => turnsLeftText(turn, limits.turns),
      },
      describe: describeCall,
      onProgress,
    });
  }

  async propose(): Promise<ReviewOutcome> {
    const { brief, limits } = this.#task;
    return outcomeOf(await this.#loop.begin(systemText, `${brief}\n\n${beginText(limits.turns)}`));
  }

  async mend(problems: string): Promise<ReviewOutcome> {
    return outcomeOf(await this.#loop.goOn(cutResult(sentBackText(problems))));
  }

  transcript(): readonly Json[] {
    return this.#loop.transcript();
  }

  spent(): ReviewSpending {
    return this.#loop.spent();
  }

  async close(): Promise<void> {
    // Nothing is held open; the model belongs to the reviewer.
  }

  async #run({ name, arguments: given }: SoundCall): Promise<CallAnswer<ReviewOutcome>> {
    if (name === "give_up") {
      const { reason } = v.parse(GiveUp, given);
      return { kind: "end", result: { kind: "none", code: "no-proposal", reason } };
    }
    if (name !== "finish") return { kind: "answer", text: await runTool(name, given, this.#bench) };
    const problem = await this.#problem();
    if (problem !== undefined) return { kind: "answer", text: cutResult(problem) };
    return { kind: "end", result: { kind: "proposal", proposal: this.#proposal(v.parse(Finish, given)) } };
  }

  async #problem(): Promise<string | undefined> {
    if (!this.#bench.changed()) return unchangedText;
    const findings = await this.#bench.examine();
    return findings.passed ? undefined : failedText(findings.text);
  }

  #proposal({ structuralChange, analysis, method }: v.InferOutput<typeof Finish>): Proposal {
    return { files: this.#bench.files(), structuralChange, analysis, method };
  }
}

function outcomeOf(outcome: ToolLoopOutcome<ReviewOutcome>): ReviewOutcome {
  if (outcome.kind === "end") return outcome.result;
  const { code, reason } = outcome;
  if (code === "no-call") return { kind: "none", code: "no-proposal", reason };
  return { kind: "none", code: code === "too-long" ? "out-of-tokens" : code, reason };
}

function describeCall({ name, arguments: given }: SoundCall): string {
  const about = given.path ?? given.folder ?? given.text;
  return typeof about === "string" ? `${name} ${about.slice(0, 60)}` : name;
}
