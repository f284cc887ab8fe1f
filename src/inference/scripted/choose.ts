/**
 * Which rule answers a call. State is kept for each episode (the part of the cache key before the last `/`), so that episodes which run
 * side by side do not change each other's replies.
 */
import type { ChatMessage } from "../../core/chat-model.ts";
import type { Script, ScriptRule } from "./script.ts";

export interface CallPlace {
  episode: string;
  phase: string;
  /** From 0. */
  step: number;
  /** Replies given in this conversation so far. */
  turn: number;
  /** Rank of the adapter it is asked under; absent: the base alone. */
  adapter?: number;
}

export interface Choice {
  /** From 0, in the order of the file. */
  ruleIndex: number;
  rule: ScriptRule;
  /** `undefined` for a fault; `""` for calls without a text. */
  text: string | undefined;
}

interface EpisodeState {
  /** Uses of each rule. */
  uses: number[];
  /** Conversations begun in each phase. */
  begun: Map<string, number>;
}

export class ScriptState {
  readonly #script: Script;
  readonly #episodes = new Map<string, EpisodeState>();

  constructor(script: Script) {
    this.#script = script;
  }

  /** Where a call stands. A conversation without a reply yet begins a step, unless the script finds the number in the text. */
  place(messages: readonly ChatMessage[], cacheKey: string | undefined, adapter?: number): CallPlace {
    const slash = cacheKey?.lastIndexOf("/") ?? -1;
    const episode = cacheKey === undefined ? "" : slash < 0 ? cacheKey : cacheKey.slice(0, slash);
    const phase = cacheKey === undefined || slash < 0 ? "" : cacheKey.slice(slash + 1);
    const turn = messages.filter(({ role }) => role === "assistant").length;
    const { begun } = this.#episode(episode);
    if (turn === 0) begun.set(phase, (begun.get(phase) ?? 0) + 1);
    const counted = Math.max(0, (begun.get(phase) ?? 1) - 1);
    const place = { episode, phase, step: this.#statedStep(messages) ?? counted, turn };
    return adapter === undefined ? place : { ...place, adapter };
  }

  /** The first rule that fits and is not used up; `undefined` if there is none. Counts as a use. */
  choose(messages: readonly ChatMessage[], place: CallPlace, withTools = false): Choice | undefined {
    const state = this.#episode(place.episode);
    const found = this.#firstFit(messages, place, state, withTools);
    if (found !== undefined || !this.#script.cycle) return found;
    state.uses.fill(0);
    return this.#firstFit(messages, place, state, withTools);
  }

  #firstFit(
    messages: readonly ChatMessage[],
    place: CallPlace,
    { uses }: EpisodeState,
    withTools: boolean,
  ): Choice | undefined {
    for (const [ruleIndex, rule] of this.#script.rules.entries()) {
      if (rule.calls !== undefined && !withTools) continue;
      const used = uses[ruleIndex] as number;
      if (isUsedUp(rule, used) || !fits(rule, place, messages.at(-1)?.content ?? "")) continue;
      uses[ruleIndex] = used + 1;
      return { ruleIndex, rule, text: textOf(rule, used) };
    }
    return undefined;
  }

  #statedStep(messages: readonly ChatMessage[]): number | undefined {
    const { stepPattern } = this.#script;
    if (stepPattern === undefined) return undefined;
    const pattern = new RegExp(stepPattern, "su");
    for (const { content } of messages) {
      const found = pattern.exec(content)?.[1];
      if (found !== undefined && Number.isInteger(Number(found))) return Number(found);
    }
    return undefined;
  }

  #episode(episode: string): EpisodeState {
    let state = this.#episodes.get(episode);
    if (state === undefined) {
      state = { uses: this.#script.rules.map(() => 0), begun: new Map() };
      this.#episodes.set(episode, state);
    }
    return state;
  }
}

function isUsedUp({ times, reply, cycle }: ScriptRule, used: number): boolean {
  if (times !== undefined && used >= times) return true;
  return Array.isArray(reply) && cycle !== true && used >= reply.length;
}

function textOf({ reply, calls }: ScriptRule, used: number): string | undefined {
  if (reply === undefined && calls !== undefined) return "";
  return Array.isArray(reply) ? reply[used % reply.length] : reply;
}

function fits(rule: ScriptRule, place: CallPlace, lastMessage: string): boolean {
  const { phase, episode, step, turn, match, adapter } = rule;
  if (phase !== undefined && ![phase].flat().includes(place.phase)) return false;
  // A run puts its own name, which nobody knows beforehand, before the episode's.
  const ownName = place.episode.slice(place.episode.lastIndexOf("/") + 1);
  if (episode !== undefined && ![episode].flat().some((name) => name === place.episode || name === ownName))
    return false;
  if (turn !== undefined && turn !== place.turn) return false;
  if (typeof adapter === "boolean" && adapter !== (place.adapter !== undefined)) return false;
  if (typeof adapter === "number" && adapter !== place.adapter) return false;
  if (step !== undefined) {
    const [first, last] = typeof step === "number" ? [step, step] : step;
    if (place.step < first || place.step > last) return false;
  }
  return match === undefined || new RegExp(match, "su").test(lastMessage);
}
