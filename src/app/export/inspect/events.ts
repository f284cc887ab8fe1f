/**
 * Entries of a trace as events of an inspect_ai sample: a span for each step and phase, model calls, operations as tool calls, what the game
 * showed as information. Shapes: inspect_ai `src/inspect_ai/event/` (log version 2). Pure.
 */
import type { ChatMessage, Sampling } from "../../../core/chat-model.ts";
import type { CallEntry, JournalEntry, OperationEntry } from "../../../core/journal.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { baseOperations } from "../../../core/memory-op.ts";
import type { EpisodeClock } from "./clock.ts";
import { modelOutput } from "./output.ts";
import type { SpeakerModels } from "./speaker-models.ts";

interface EventContext {
  models: SpeakerModels;
  sampling: Sampling;
  clock: EpisodeClock;
}

/** Makes events in order; remembers what is open. */
export class EventMaker {
  readonly #context: EventContext;
  readonly #pool = new MessagePool();
  #step: number | undefined;
  #phase: string | undefined;
  /** Operations of the model since the last call, and of the scaffold in this step. */
  #operation = 0;
  #scaffoldOperation = 0;

  constructor(context: EventContext) {
    this.#context = context;
  }

  /** The events of one entry, in order. */
  eventsOf(entry: JournalEntry): JsonObject[] {
    const before = "stepIndex" in entry ? this.#enter(entry) : [];
    switch (entry.kind) {
      case "observation":
        return [...before, this.#info("game", observationData(entry))];
      case "signals":
        return [
          ...before,
          this.#info("scaffold", { signals: entry.signals, ...(entry.debug !== undefined && { debug: entry.debug }) }),
        ];
      case "call":
        return [...before, this.#call(entry)];
      case "operation":
        return [...before, this.#tool(entry)];
      case "phase-end":
        return [...before, this.#info("automem", { phase: entry.phase, ended: entry.reason })];
      case "action": {
        const { raw, action, fallback, rejections } = entry;
        return [...before, ...this.#leavePhase(), this.#info("automem", { raw, action, fallback, rejections })];
      }
      default:
        return before;
    }
  }

  /** What closes the open spans at the end of the trace. */
  finish(): JsonObject[] {
    return this.#leaveStep();
  }

  #enter(entry: Extract<JournalEntry, { stepIndex: number }>): JsonObject[] {
    const events: JsonObject[] = [];
    if (entry.stepIndex !== this.#step) {
      events.push(...this.#leaveStep());
      this.#context.clock.enter(entry.stepIndex);
      this.#step = entry.stepIndex;
      this.#scaffoldOperation = 0;
      events.push(this.#span(`step-${entry.stepIndex}`, undefined, `step ${entry.stepIndex}`));
    }
    if ("phase" in entry && entry.phase !== this.#phase) {
      events.push(...this.#leavePhase());
      this.#phase = entry.phase;
      events.push(
        this.#span(`step-${entry.stepIndex}-${entry.phase}`, `step-${entry.stepIndex}`, entry.phase.toUpperCase()),
      );
    }
    return events;
  }

  #leavePhase(): JsonObject[] {
    if (this.#phase === undefined) return [];
    const id = `step-${this.#step}-${this.#phase}`;
    this.#phase = undefined;
    return [{ ...this.#base(id), event: "span_end", id }];
  }

  #leaveStep(): JsonObject[] {
    if (this.#step === undefined) return [];
    const events = this.#leavePhase();
    const id = `step-${this.#step}`;
    this.#step = undefined;
    return [...events, { ...this.#base(id), event: "span_end", id }];
  }

  #span(id: string, parent: string | undefined, name: string): JsonObject {
    return { ...this.#base(id), event: "span_begin", id, name, ...(parent !== undefined && { parent_id: parent }) };
  }

  #info(source: string, data: Json): JsonObject {
    return { ...this.#base(), event: "info", source, data };
  }

  #call(call: CallEntry): JsonObject {
    const base = this.#base();
    const { temperature, maxTokens, topP, topK, seed, stop } = this.#context.sampling;
    const seconds = this.#context.clock.passCall();
    const model = this.#context.models[call.speaker];
    this.#operation = 0;
    return {
      ...base,
      event: "model",
      model,
      role: call.speaker,
      input: [],
      input_refs: [this.#pool.add(call)],
      tools: [],
      tool_choice: "none",
      config: {
        temperature,
        max_tokens: maxTokens,
        ...(topP !== undefined && { top_p: topP }),
        ...(topK !== undefined && { top_k: topK }),
        ...(seed !== undefined && { seed }),
        ...(stop !== undefined && { stop_seqs: stop }),
      },
      output: modelOutput(model, call, seconds),
      ...(seconds !== undefined && { working_time: seconds }),
    };
  }

  #tool(operation: OperationEntry): JsonObject {
    const { name, status, result, actor, failure, rewrittenFrom, writes } = operation;
    const base = this.#base();
    const error = { type: status === "malformed" ? "parsing" : "permission", message: result };
    return {
      ...base,
      event: "tool",
      type: "function",
      id:
        actor === "model"
          ? `${operation.stepIndex}-${operation.phase}-${operation.callIndex}-${this.#operation++}`
          : `${operation.stepIndex}-scaffold-${this.#scaffoldOperation++}`,
      function: name === "" ? "(none)" : name,
      arguments: namedArguments(name, operation.arguments),
      result,
      events: [],
      ...((status === "malformed" || status === "refused") && { error }),
      metadata: {
        status,
        actor,
        ...(failure !== undefined && { failure }),
        ...(rewrittenFrom !== undefined && { rewritten_from: rewrittenFrom }),
        ...(writes !== undefined && { changed: writes.map(({ file, change }) => ({ file, change })) }),
      },
    };
  }

  #base(span?: string): { span_id: string | null; timestamp: string; working_start: number } {
    const open = this.#phase === undefined ? `step-${this.#step}` : `step-${this.#step}-${this.#phase}`;
    const { timestamp, seconds } = this.#context.clock;
    return { span_id: span ?? (this.#step === undefined ? null : open), timestamp, working_start: seconds };
  }
}

/**
 * All messages of an episode in one list, so that a conversation is a range of it: `events_data.messages` of the sample. A call's conversation
 * is what was sent before in it, with the replies, and what it adds.
 */
export class MessagePool {
  #count = 0;
  #begin = 0;

  /** Range `[begin, end)` of the call's messages. */
  add(call: CallEntry): [number, number] {
    if (call.fresh || call.callIndex === 0) this.#begin = this.#count;
    const end = this.#count + call.added.length;
    this.#count = end + 1;
    return [this.#begin, end];
  }

  /** What a call puts into the list. */
  static messagesOf(call: CallEntry): ChatMessage[] {
    return [...call.added, { role: "assistant", content: call.kept ?? call.reply }];
  }
}

function observationData(entry: Extract<JournalEntry, { kind: "observation" }>): JsonObject {
  const { observation, progress, info, transition } = entry;
  return { long: observation.long, short: observation.short, progress, info, ...(transition && { transition }) };
}

/** By the names of the operation's arguments; a scaffold's own by position. */
function namedArguments(name: string, values: readonly string[]): JsonObject {
  const names: readonly string[] =
    name in baseOperations ? baseOperations[name as keyof typeof baseOperations].arguments : [];
  return Object.fromEntries(values.map((value, index) => [names[index] ?? `argument_${index + 1}`, value]));
}
