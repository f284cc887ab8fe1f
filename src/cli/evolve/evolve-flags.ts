/** The flags of `automem evolve`, and the settings they say. */
import { type Command, Option } from "commander";
import type { SaidSettings } from "../../app/evolve/evolve-file.ts";
import { addPlayFlags, decimal, present, type RunFlags, settingsOfFlags, whole } from "../run-flags.ts";

/** Values as commander gives them; absent where a flag was not given. */
export interface EvolveFlags extends Omit<RunFlags, "budgetSteps" | "budgetTime"> {
  reviewer?: string;
  revisions?: number;
  attempts?: number;
  continuations?: number;
  selectSeeds?: number;
  gate?: "paper" | "confirm";
  alpha?: number;
  confirmPairs?: number;
  reviewTurns?: number;
  reviewTime?: number;
  reviewContext?: number;
  mends?: number;
  report?: "accepted" | "always" | "never";
  budgetEpisodes?: number;
  budgetHours?: number;
}

export function addEvolveFlags(command: Command): Command {
  const wholeOption = (flags: string, description: string) => new Option(flags, description).argParser(whole);
  return addPlayFlags(command)
    .option(
      "-r, --reviewer <reviewer>",
      "catalogue (no LLM), agent:PROVIDER:MODEL, claude-code, command:PROGRAM ARGS (default: catalogue)",
    )
    .addOption(wholeOption("--revisions <n>", "improvements sought one after the other (default: 5)"))
    .addOption(wholeOption("--attempts <n>", "fresh attempts at each (default: 3)"))
    .addOption(wholeOption("--continuations <n>", "times a failed attempt is gone on from (default: 1)"))
    .addOption(wholeOption("--select-seeds <n>", "seeds each scaffold is first tried on (default: 10)"))
    .addOption(
      new Option(
        "--gate <gate>",
        "confirm bounds false accepts over the campaign; paper does not (default: confirm)",
      ).choices(["confirm", "paper"]),
    )
    .option("--alpha <share>", "chance of any false accept in the campaign (default: 0.05)", decimal)
    .addOption(wholeOption("--confirm-pairs <n>", "confirm seeds of one test at most (default: 60)"))
    .addOption(wholeOption("--review-turns <n>", "model calls of one review at most (default: 300)"))
    .addOption(wholeOption("--review-time <seconds>", "time of one review at most (default: 3600)"))
    .addOption(wholeOption("--review-context <tokens>", "tokens of a review's conversation (default: 32768)"))
    .addOption(wholeOption("--mends <n>", "times a revision that does not pass is sent back (default: 3)"))
    .addOption(
      new Option("--report <when>", "open the report seeds at the end (default: accepted)").choices([
        "accepted",
        "always",
        "never",
      ]),
    )
    .option("--budget-episodes <n>", "stop before more episodes than this", whole)
    .option("--budget-tokens <n>", "stop after so many tokens, cached ones included", whole)
    .option("--budget-money <amount>", "stop after so much, by the prices in the settings file", decimal)
    .option("--budget-hours <hours>", "stop after so many hours of work", decimal);
}

/** The settings that flags say; nothing for flags not given. */
export function settingsOfEvolveFlags(game: string | undefined, flags: EvolveFlags): SaidSettings {
  const { budgetTokens, budgetMoney, ...play } = flags;
  const gate = present({ kind: flags.gate, alpha: flags.alpha, maximumPairs: flags.confirmPairs });
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
    gate,
    review,
    report: flags.report,
    budget: budgetOfFlags(flags),
  });
  return { run: settingsOfFlags(game, play), evolve: evolve ?? {} };
}

/** What a campaign may spend by its flags; `undefined` if none was given. */
export function budgetOfFlags(
  flags: Pick<EvolveFlags, "budgetEpisodes" | "budgetTokens" | "budgetMoney" | "budgetHours">,
): SaidSettings["evolve"]["budget"] {
  return present({
    episodes: flags.budgetEpisodes,
    tokens: flags.budgetTokens,
    money: flags.budgetMoney,
    seconds: flags.budgetHours === undefined ? undefined : Math.max(1, Math.round(flags.budgetHours * 3600)),
  });
}
