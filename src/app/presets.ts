/**
 * Named settings. `paper`: the evaluation of arXiv 2607.01224, by game. What a settings file or a flag says comes on top.
 */
import { ConfigError } from "../core/errors.ts";
import type { RunFile } from "./run-file.ts";

const paperCommon: RunFile = {
  seeds: "report",
  sampling: { temperature: 1, maxTokens: 4096 },
  agent: { logCalls: 10, planCalls: 10, rejections: 2 },
};

const presets: Record<string, Record<string, RunFile>> = {
  paper: {
    crafter: { ...paperCommon, episodes: 10, maxSteps: 2000 },
    minihack: { ...paperCommon, episodes: 5, maxSteps: 100 },
    nethack: { ...paperCommon, episodes: 5, maxSteps: 100_000 },
  },
};

/** The settings of a preset for a game. Throws `ConfigError` (`no-preset`) with the choices. */
export function presetFor(name: string, game: string): RunFile {
  const games = presets[name];
  if (!games) {
    throw new ConfigError(`There is no preset "${name}". Presets: ${Object.keys(presets).join(", ")}.`, {
      code: "no-preset",
    });
  }
  const settings = games[game];
  if (!settings) {
    throw new ConfigError(`Preset "${name}" says nothing about ${game}. It covers: ${Object.keys(games).join(", ")}.`, {
      code: "no-preset",
    });
  }
  return settings;
}
