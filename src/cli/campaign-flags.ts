/** Flags that campaigns of both loops have: the gate, the report seeds, the budgets. */
import { type Command, Option } from "commander";
import type { SaidSettings } from "../app/evolve/evolve-file.ts";
import { decimal, present, type RunFlags, whole } from "./run-flags.ts";

/** Values as commander gives them; absent where a flag was not given. */
export interface CampaignFlags extends Omit<RunFlags, "budgetSteps" | "budgetTime"> {
  selectSeeds?: number;
  gate?: "paper" | "confirm";
  alpha?: number;
  confirmPairs?: number;
  report?: "accepted" | "always" | "never";
  budgetEpisodes?: number;
  budgetHours?: number;
}

export function wholeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(whole);
}

export function addGateFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--gate <gate>",
        "confirm bounds false accepts over the campaign; paper does not (default: confirm)",
      ).choices(["confirm", "paper"]),
    )
    .option("--alpha <share>", "chance of any false accept in the campaign (default: 0.05)", decimal)
    .addOption(wholeOption("--confirm-pairs <n>", "confirm seeds of one test at most (default: 60)"));
}

export function addEndFlags(command: Command): Command {
  return command
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

/** Of the gate, by its flags; `undefined` if none was given. */
export function gateOfFlags({ gate, alpha, confirmPairs }: CampaignFlags) {
  return present({ kind: gate, alpha, maximumPairs: confirmPairs });
}

/** What a campaign may spend by its flags; `undefined` if none was given. */
export function budgetOfFlags(
  flags: Pick<CampaignFlags, "budgetEpisodes" | "budgetTokens" | "budgetMoney" | "budgetHours">,
): SaidSettings["evolve"]["budget"] {
  return present({
    episodes: flags.budgetEpisodes,
    tokens: flags.budgetTokens,
    money: flags.budgetMoney,
    seconds: secondsOf(flags.budgetHours),
  });
}

/** Whole seconds, at least one. */
export function secondsOf(hours: number | undefined): number | undefined {
  return hours === undefined ? undefined : Math.max(1, Math.round(hours * 3600));
}
