/** The selector `outcome`: no model, only rules over what came of each turn. Deterministic. */
import type { SelectorIdentity, TurnId } from "../../../core/training.ts";
import type { Selector, TurnBatch, TurnChoice } from "../selector.ts";
import { judgeTurn } from "./rules.ts";
import type { OutcomeSettings } from "./settings.ts";

export class OutcomeSelector implements Selector {
  readonly identity: SelectorIdentity;
  readonly batchTurns = 10_000;
  readonly #settings: OutcomeSettings;
  /** Look-ups kept so far: ids name their episode, so batches cannot mix them up. */
  readonly #credited = new Set<TurnId>();

  constructor(settings: OutcomeSettings) {
    this.#settings = settings;
    this.identity = { name: "outcome", details: { ...settings } };
  }

  async criteria(): Promise<string> {
    const { withinSteps, lookupFit, usefulShare, groundedShare, redundantLines, kinds } = this.#settings;
    const fit = lookupFit === "named" ? "names" : "names, or does not contradict,";
    return [
      `Kinds: ${kinds.join(", ")}.`,
      `lookup-gained: a look-up in PLAN that found what ${fit} the action taken, with a gain (reward or progress) at most ${withinSteps} steps later.`,
      `write-used: a turn of LOG of whose lines at least a share of ${usefulShare} were in sight again in PLAN and led to such a gain, and at most ${redundantLines} stood in memory already.`,
      ...(groundedShare === 0
        ? []
        : [
            `Of both, at least a share of ${groundedShare} of the words written or looked for must stand in the observation.`,
          ]),
      "nothing-needed: LOG ended at once, and nothing of the observation was asked for or of use later.",
      "enough-found: PLAN ended consulting after a look-up that is kept.",
      "nothing-to-look-up: PLAN ended at once, and the observation asks for nothing that was seen before.",
      "",
    ].join("\n");
  }

  async choose({ turns }: TurnBatch): Promise<readonly TurnChoice[]> {
    const choices: TurnChoice[] = [];
    for (const turn of turns) {
      const verdict = judgeTurn(turn, this.#settings, this.#credited);
      if (verdict === undefined) continue;
      if (turn.kind === "lookup") this.#credited.add(turn.id);
      choices.push({ turn: turn.id, ...verdict });
    }
    return choices;
  }
}
