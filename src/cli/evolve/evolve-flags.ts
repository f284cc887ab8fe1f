/** The flags of `automem evolve`, and the settings they say. */
import type { Command } from "commander";
import type { SaidSettings } from "../../app/evolve/evolve-file.ts";
import {
  addEndFlags,
  addGateFlags,
  budgetOfFlags,
  type CampaignFlags,
  gateOfFlags,
  wholeOption,
} from "../campaign-flags.ts";
import { addPlayFlags, present, settingsOfFlags } from "../run-flags.ts";

/** Values as commander gives them; absent where a flag was not given. */
export interface EvolveFlags extends CampaignFlags {
  reviewer?: string;
  revisions?: number;
  attempts?: number;
  continuations?: number;
  reviewTurns?: number;
  reviewTime?: number;
  reviewContext?: number;
  mends?: number;
}

export function addEvolveFlags(command: Command): Command {
  addPlayFlags(command)
    .option(
      "-r, --reviewer <reviewer>",
      "catalogue (no LLM), agent:PROVIDER:MODEL, claude-code, command:PROGRAM ARGS (default: catalogue)",
    )
    .addOption(wholeOption("--revisions <n>", "improvements sought one after the other (default: 5)"))
    .addOption(wholeOption("--attempts <n>", "fresh attempts at each (default: 3)"))
    .addOption(wholeOption("--continuations <n>", "times a failed attempt is gone on from (default: 1)"))
    .addOption(wholeOption("--select-seeds <n>", "seeds each scaffold is first tried on (default: 10)"));
  addGateFlags(command)
    .addOption(wholeOption("--review-turns <n>", "model calls of one review at most (default: 300)"))
    .addOption(wholeOption("--review-time <seconds>", "time of one review at most (default: 3600)"))
    .addOption(wholeOption("--review-context <tokens>", "tokens of a review's conversation (default: 32768)"))
    .addOption(wholeOption("--mends <n>", "times a revision that does not pass is sent back (default: 3)"));
  return addEndFlags(command);
}

/** The settings that flags say; nothing for flags not given. */
export function settingsOfEvolveFlags(game: string | undefined, flags: EvolveFlags): SaidSettings {
  const { budgetTokens, budgetMoney, ...play } = flags;
  const review = present({
    turns: flags.reviewTurns,
    seconds: flags.reviewTime,
    contextTokens: flags.reviewContext,
    mends: flags.mends,
  });
  const evolve = present({
    reviewer: flags.reviewer,
    revisions: flags.revisions,
    attempts: flags.attempts,
    continuations: flags.continuations,
    selectSeeds: flags.selectSeeds,
    gate: gateOfFlags(flags),
    review,
    report: flags.report,
    budget: budgetOfFlags(flags),
  });
  return { run: settingsOfFlags(game, play), evolve: evolve ?? {} };
}
