/** Makes the settings of a run: defaults, then preset, then settings file, then flags. Every one is checked and recorded. */
import * as v from "valibot";
import { ConfigError } from "../core/errors.ts";
import { parseModelName } from "../core/model-name.ts";
import { RunSettings } from "../core/run-settings.ts";
import { SeedSet } from "../core/seed-set.ts";
import { pricesOf } from "../run/budget.ts";
import { firstPartyFolder } from "./first-party.ts";
import { presetFor } from "./presets.ts";
import { issueText, type RunFile } from "./run-file.ts";

/** Set whose seeds are played when nothing is said: `report` seeds stay unspent. */
const defaultSeedSet = "select";

/**
 * Settings from what was said, later layers over earlier ones.
 * Throws `ConfigError`: `missing-setting` (game, model), `no-preset`, `no-seed-set`, `bad-setting`, `missing-price`.
 */
export async function resolveSettings(file: RunFile, flags: RunFile): Promise<RunSettings> {
  const game = flags.game ?? file.game;
  if (!game) throw missing("game", "automem run crafter");
  const presetName = flags.preset ?? file.preset;
  const preset = presetName === undefined ? {} : presetFor(presetName, game);
  const said: RunFile = {
    ...preset,
    ...file,
    ...flags,
    ...nested("sampling", preset, file, flags),
    ...nested("memory", preset, file, flags),
    ...nested("agent", preset, file, flags),
    ...nested("gameOptions", preset, file, flags),
    ...nested("budget", preset, file, flags),
  };
  if (!said.model) throw missing("model", "--model llama-cpp:smollm2-135m");
  parseModelName(said.model);
  if (said.specialistModel !== undefined) parseModelName(said.specialistModel);
  if (said.specialistModel !== undefined && said.specialist !== undefined) {
    throw new ConfigError(
      "A run has one specialist: an adapter of its model (specialist), or a model of its own (specialistModel), not both.",
      { code: "bad-setting" },
    );
  }
  const { seeds: saidSeeds, episodes, sampling, constrain, ...rest } = said;
  const chosen = await chooseSeeds(
    game,
    saidSeeds ?? defaultSeedSet,
    episodes ?? (saidSeeds === undefined ? 1 : undefined),
  );
  const settings = v.safeParse(RunSettings, {
    ...rest,
    game,
    ...chosen,
    // Said or not, off is off: equal play has equal settings.
    ...(constrain ? { constrain } : {}),
    ...(sampling ? { sampling: { ...samplingDefaults, ...sampling } } : {}),
  });
  if (!settings.success) {
    throw new ConfigError(`Settings cannot be used: ${issueText(settings.issues)}`, { code: "bad-setting" });
  }
  pricesOf(settings.output);
  return settings.output;
}

const samplingDefaults = { temperature: 1, maxTokens: 512 };

/** Seeds of a set by name, of a list ("42,43", "42..51") or as given; the first `episodes` of them. */
export async function chooseSeeds(
  game: string,
  said: string | readonly number[],
  episodes: number | undefined,
): Promise<{ seeds: number[]; seedSet?: string }> {
  const found = typeof said === "string" ? (seedList(said) ?? (await seedsOfSet(game, said))) : [...said];
  const seeds = episodes === undefined ? found : found.slice(0, episodes);
  if (episodes !== undefined && found.length < episodes) {
    throw new ConfigError(`${episodes} episodes were asked for, but "${said}" has ${found.length} seeds.`, {
      code: "bad-setting",
    });
  }
  const named = typeof said === "string" && seedList(said) === undefined;
  return named ? { seeds, seedSet: said } : { seeds };
}

/** "42", "42,44", "42..51" or a mix, in order; `undefined` if it is not a list. Throws `ConfigError` on a backward range. */
export function seedList(text: string): number[] | undefined {
  if (!/^\d+(\.\.\d+)?(,\d+(\.\.\d+)?)*$/.test(text)) return undefined;
  return text.split(",").flatMap((part) => {
    const [first, last] = part.split("..").map(Number) as [number, number | undefined];
    if (last === undefined) return [first];
    if (last < first || last - first >= 100_000) {
      throw new ConfigError(`Seeds "${part}": expected FIRST..LAST with at most 100000 seeds.`, {
        code: "bad-setting",
      });
    }
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

async function seedsOfSet(game: string, name: string): Promise<number[]> {
  const sets = await firstPartyFolder(`seeds/${game}`);
  const content = sets.get(`${name}.json`);
  if (content) return v.parse(SeedSet, JSON.parse(new TextDecoder().decode(content))).seeds;
  // A third-party game has no sets of ours: the default set is then plain counting.
  if (sets.size === 0 && name === defaultSeedSet) return Array.from({ length: 20 }, (_, index) => index);
  const choices = [...sets.keys()].map((path) => path.replace(/\.json$/, ""));
  throw new ConfigError(
    `There is no seed set "${name}" for ${game}. ${choices.length > 0 ? `Sets: ${choices.join(", ")}. ` : ""}Or give seeds: --seeds 1,2,3 or --seeds 42..51.`,
    { code: "no-seed-set" },
  );
}

function nested<Key extends "sampling" | "memory" | "agent" | "gameOptions" | "budget">(
  key: Key,
  ...layers: RunFile[]
): Partial<RunFile> {
  const merged = Object.assign({}, ...layers.map((layer) => layer[key]));
  return Object.keys(merged).length > 0 ? { [key]: merged } : {};
}

function missing(what: string, example: string): ConfigError {
  return new ConfigError(`No ${what} was given. Example: ${example}`, { code: "missing-setting" });
}
