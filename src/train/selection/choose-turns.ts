/** Shows the turns of an episode to a selector, batch by batch, and holds its answers to the contract. */
import * as v from "valibot";
import { ConfigError, TrainerError } from "../../core/errors.ts";
import type { TurnId } from "../../core/training.ts";
import type { Store } from "../../store/store.ts";
import { readTurnTexts } from "../candidates/read-turns.ts";
import type { TrainingEpisode } from "../candidates/training-seeds.ts";
import type { TurnSummary, TurnTexts } from "../candidates/turn.ts";
import { type Selector, TurnChoice } from "./selector.ts";

export interface ChosenTurn {
  turn: TurnSummary;
  rule: string;
  reason: string;
}

export interface Choosing {
  selector: Selector;
  /** The selector's own. */
  criteria: string;
  signal?: AbortSignal | undefined;
}

/** The chosen turns in the order played. Throws `TrainerError` `bad-selection` for an answer that is none, and what the selector throws. */
export async function chooseTurns(
  store: Store,
  episode: TrainingEpisode,
  turns: readonly TurnSummary[],
  { selector, criteria, signal }: Choosing,
): Promise<ChosenTurn[]> {
  const chosen: ChosenTurn[] = [];
  for (let first = 0; first < turns.length; first += selector.batchTurns) {
    const batch = turns.slice(first, first + selector.batchTurns);
    signal?.throwIfAborted();
    const texts = (id: TurnId) => textsOf(store, episode, batch, id);
    const answer = await selector.choose({ turns: batch, texts, signal }, criteria);
    const choices = checked(answer, batch, selector.identity.name);
    for (const turn of batch) {
      const choice = choices.get(turn.id);
      if (choice !== undefined) chosen.push({ turn, rule: choice.rule, reason: choice.reason });
    }
  }
  return chosen;
}

function checked(answer: unknown, batch: readonly TurnSummary[], name: string): Map<TurnId, TurnChoice> {
  const parsed = v.safeParse(v.array(TurnChoice), answer);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw badSelection(name, `at ${v.getDotPath(issue) ?? "(top)"}: ${issue.message}`);
  }
  const ids = new Set(batch.map(({ id }) => id));
  const choices = new Map<TurnId, TurnChoice>();
  for (const choice of parsed.output) {
    if (!ids.has(choice.turn)) throw badSelection(name, `${choice.turn} is no turn of the batch it was shown`);
    if (choices.has(choice.turn)) throw badSelection(name, `${choice.turn} stands twice`);
    choices.set(choice.turn, choice);
  }
  return choices;
}

async function textsOf(
  store: Store,
  episode: TrainingEpisode,
  batch: readonly TurnSummary[],
  id: TurnId,
): Promise<TurnTexts> {
  if (batch.some((turn) => turn.id === id)) {
    for await (const texts of readTurnTexts(store, episode, new Set([id]))) return texts;
  }
  throw new ConfigError(`${id} is no turn of this batch.`, { code: "unknown-turn", data: { turn: id } });
}

function badSelection(name: string, what: string): TrainerError {
  return new TrainerError(`The answer of selector ${name} cannot be used: ${what}.`, { code: "bad-selection" });
}
