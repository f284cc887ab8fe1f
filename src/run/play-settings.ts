/** The settings that decide what happens in an episode, for its record. */
import type { Json, JsonObject } from "../core/json.ts";
import type { RunSettings } from "../core/run-settings.ts";

/**
 * Without what only says which episodes are played, and how: so that the same play has the same record whatever run it was part of. Game,
 * model and scaffold are left out as well, since the record holds their identities. Episodes differ in sampling by the place of the call
 * (src/agent/call-seed.ts), not by a setting.
 */
export function playSettings(settings: RunSettings): JsonObject {
  const {
    game,
    model,
    specialistModel,
    specialist,
    scaffold,
    tasks,
    seeds,
    seedSet,
    parallel,
    restarts,
    preset,
    budget,
    prices,
    ...play
  } = settings;
  const { callTimeoutMs, ...agent } = play.agent;
  return JSON.parse(JSON.stringify({ ...play, agent })) as { [key: string]: Json };
}
