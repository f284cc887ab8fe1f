/** Parts of prompts that both games share: what happened, what is wrong, where things are. */
import { type ContinueInput, observationText, type Phase, resultsText, type StepContext, sections } from "automem";
import { placeText } from "./directions.ts";
import { wayText } from "./path.ts";
import { isRoutine } from "./routine.ts";
import type { Facts, Tracked } from "./track.ts";

/** The facts of this step as `onObservation` put them into the signals; `undefined` where the observation had another form. */
export function factsOf(ctx: Pick<StepContext<unknown>, "signals">): Facts | undefined {
  return "levelName" in ctx.signals ? (ctx.signals as unknown as Facts) : undefined;
}

/** Facts as signals: plain JSON, without what is absent. */
export function signalsOf(tracked: Tracked): StepContext<unknown>["signals"] {
  return JSON.parse(JSON.stringify(tracked.facts));
}

/** The observation without the blanks at the ends of its lines, which say nothing and cost tokens; every row of the map stays. */
export function seenText(ctx: StepContext<unknown>): string {
  const rows = observationText(ctx.observation).split("\n");
  return `What you see now:\n${rows.map((row) => row.trimEnd()).join("\n")}`;
}

/** What the last action was and what came of it. */
export function outcomeText(ctx: StepContext<unknown>, facts: Facts | undefined): string | undefined {
  const { outcome } = ctx;
  if (outcome === undefined) return undefined;
  const parts = [`Your last action: ${outcome.executed}.`];
  if (!outcome.valid) parts.push(`You had written "${outcome.action}", which is not an action of this game.`);
  else if (outcome.fallback) parts.push("You had given no action; this one was played instead.");
  if (facts !== undefined) parts.push(...changes(facts));
  return parts.join(" ");
}

/** What changed, a short sentence each; that nothing did, if nothing did. */
export function changes(facts: Facts): string[] {
  const parts: string[] = [];
  const { place, movedFrom, effect } = facts;
  if (place !== null && movedFrom !== null && (place.x !== movedFrom.x || place.y !== movedFrom.y)) {
    parts.push(`You moved from ${placeText(movedFrom)} to ${placeText(place)}.`);
  }
  if (facts.hpChange !== 0) parts.push(`HP ${facts.hpChange > 0 ? "+" : ""}${facts.hpChange}.`);
  if (facts.gained.length > 0) parts.push(`You have now: ${facts.gained.join("; ")}.`);
  if (facts.lost.length > 0) parts.push(`You have no longer: ${facts.lost.join("; ")}.`);
  if (effect === "nothing") parts.push("It had no effect.");
  return parts;
}

/** Signs of getting nowhere, the gravest first. Nothing while the game asks. */
export function warnings(facts: Facts, unchangedSteps: number): string | undefined {
  const parts: string[] = [];
  if (facts.uselessRepeats >= 3) {
    parts.push(`CRITICAL: the same action had no effect ${facts.uselessRepeats} times in a row. Do something else.`);
  } else if (facts.uselessRepeats >= 1) parts.push("WARNING: your last action had no effect.");
  else if (unchangedSteps >= 3)
    parts.push(`CRITICAL: nothing has changed for ${unchangedSteps} steps. Do something else.`);
  else if (unchangedSteps >= 1) parts.push("WARNING: nothing changed since your last action.");
  if (facts.question !== null) return parts.length === 0 ? undefined : parts.join("\n");
  if (facts.oscillation > 0) {
    parts.push(`WARNING: you have gone to and fro between two squares for ${facts.oscillation} steps. Go another way.`);
  }
  if (facts.stuckSteps > 0) {
    parts.push(
      `WARNING: for ${facts.stuckSteps} steps you have seen and won nothing new. Try another place or a new idea.`,
    );
  }
  if (facts.patience >= 15)
    parts.push(`You have searched or waited ${facts.patience} times here: enough. Look elsewhere.`);
  return parts.length === 0 ? undefined : parts.join("\n");
}

/** Where the stairs down are, if that is known. */
export function stairsText(facts: Facts): string | undefined {
  if (facts.under === "down") return "You stand on the stairs down.";
  if (facts.toStairs !== null) return `Stairs down: go ${wayText(facts.toStairs)}.`;
  if (facts.stairsSeen === null) return undefined;
  const { direction, to } = facts.stairsSeen;
  return `Stairs down are at ${placeText(to)}, to the ${direction}, but no seen way leads there: find one.`;
}

/** What to do about a locked door beside the player. */
export function doorText(facts: Facts): string | undefined {
  if (facts.lockedDoor === null) return undefined;
  return `The door to the ${facts.lockedDoor} is locked: kick, then ${facts.lockedDoor}, until it breaks.`;
}

export function exploreText(facts: Facts): string | undefined {
  if (facts.toUnexplored === null) return undefined;
  return `Nearest square not looked at yet: go ${wayText(facts.toUnexplored)}.`;
}

/** The end of a LOG prompt where there is as a rule nothing to note; `undefined` elsewhere. */
export function quietEnding(facts: Facts): string | undefined {
  const done = "answer with this alone:\n<|DONE|>";
  if (facts.question !== null) return `The game waits for an answer, so nothing has come of it yet. As a rule, ${done}`;
  return isRoutine(facts) ? `This step looks routine. Unless you see something worth a note, ${done}` : undefined;
}

/** The turn after results. */
export function continueText(input: ContinueInput, phase: Phase, answer: string): string {
  const ending =
    phase === "log" ? "Write what is still missing, or answer <|DONE|>" : `Look up more, or act: ${answer}`;
  const last = phase === "plan" && input.callsLeft === 1 ? " This is your last call: act now." : "";
  return sections([resultsText(input), `Calls left: ${input.callsLeft}.${last}`, ending]);
}
