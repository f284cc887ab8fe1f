/** The command line that plays as a campaign played: its flags for all settings that are not the defaults and that flags can say. */

import * as v from "valibot";
import type { PlaySettings } from "../campaign/settings.ts";
import { RunSettings } from "../core/run-settings.ts";
import { shellWords } from "../core/shell-words.ts";

/** As it would be typed. `seed` of the sampling is left out: it is for the same play again, not for the same way of playing. */
export function playCommand(play: PlaySettings, others: { scaffold?: string; specialist?: string }): string {
  const words = ["automem", "run", play.game, "--model", play.model];
  const flag = (name: string, value: number | string | undefined, usual?: number | string) => {
    if (value !== undefined && value !== usual) words.push(name, String(value));
  };
  const { sampling, agent, restarts } = usualSettings(play);
  flag("--scaffold", others.scaffold);
  flag("--specialist", others.specialist);
  for (const task of play.tasks ?? []) flag("--task", task);
  for (const [key, value] of Object.entries(play.gameOptions)) {
    flag("--game-option", `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  }
  flag("--steps", play.maxSteps);
  if (play.constrain === true) words.push("--constrain");
  flag("--temperature", play.sampling.temperature, sampling.temperature);
  flag("--top-p", play.sampling.topP);
  flag("--max-tokens", play.sampling.maxTokens, sampling.maxTokens);
  flag("--context", play.contextTokens);
  flag("--log-calls", play.agent.logCalls, agent.logCalls);
  flag("--plan-calls", play.agent.planCalls, agent.planCalls);
  flag("--step-tokens", play.agent.tokensPerStep);
  flag("--restarts", play.restarts, restarts);
  return shellWords(words);
}

/** What holds where nothing is said. */
function usualSettings({ game, model }: PlaySettings): RunSettings {
  return v.parse(RunSettings, { game, model, seeds: [0] });
}
