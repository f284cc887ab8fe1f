/**
 * Which observations said something that was needed later, and which ask for something said earlier: by the sentences an observation asks back
 * to (src/metrics/trouble/seen-facts.ts), by what look-ups in PLAN searched for, and by the names of actions that brought something.
 */
import type { Observation } from "../../core/game.ts";
import { SeenFacts } from "../../metrics/trouble/seen-facts.ts";
import type { NamedActions } from "./named-actions.ts";

export class NeededSteps {
  readonly #facts = new SeenFacts();
  readonly #actions: NamedActions;
  readonly #neededAt = new Map<number, number>();
  readonly #recalling = new Set<number>();
  /** Action to the last step whose observation named it. */
  readonly #named = new Map<string, number>();
  #step = 0;

  constructor(actionNames: readonly string[], actions: NamedActions) {
    this.#facts.setActions(actionNames);
    this.#actions = actions;
  }

  observe(stepIndex: number, { long, short }: Observation): void {
    this.#step = stepIndex;
    const facts = this.#facts.add(stepIndex, [long, short]);
    for (const { seenAtStep } of facts) this.#need(seenAtStep);
    if (facts.length > 0) this.#recalling.add(stepIndex);
    for (const name of this.#actions.in(long)) this.#named.set(name, stepIndex);
  }

  /** A keyword that PLAN looked up. */
  lookUp(keyword: string): void {
    const seen = this.#facts.lastSeen(keyword);
    if (seen === undefined) return;
    this.#need(seen.step);
    this.#recalling.add(this.#step);
  }

  /** The action of the present step brought something. Call before the next `observe`. */
  gainBy(action: string): void {
    const named = this.#named.get(action);
    if (named !== undefined) this.#need(named);
  }

  /** The first later step that needed what was seen in this one. */
  neededAt(stepIndex: number): number | undefined {
    return this.#neededAt.get(stepIndex);
  }

  recalls(stepIndex: number): boolean {
    return this.#recalling.has(stepIndex);
  }

  #need(seenAtStep: number): void {
    if (seenAtStep < this.#step && !this.#neededAt.has(seenAtStep)) this.#neededAt.set(seenAtStep, this.#step);
  }
}
