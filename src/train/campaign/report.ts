/** The last stage: the report seeds, opened once, and said so in the log before the first of them is played. */
import * as v from "valibot";
import { compareEpisodes, keepEvaluation } from "../../campaign/contest.ts";
import { Hash } from "../../core/hash.ts";
import { plainJson } from "../../core/json.ts";
import type { TrainEndRecord } from "../../core/trial.ts";
import type { RunEvent } from "../../run/events.ts";
import { whoPlays } from "./judging.ts";
import type { TrainLoop } from "./loop.ts";

const Opened = v.strictObject({ at: v.string(), adapter: v.optional(Hash) });

/**
 * The specialist that the campaign came to beside the base alone. Where it came to none, the base alone is played: there is nothing to compare it
 * with. `undefined` where the report seeds stay sealed.
 */
export async function reportOf(loop: TrainLoop): Promise<TrainEndRecord["report"]> {
  const { settings, progress, plan, log, clock, arena, players, store, tell } = loop;
  const { adapter, acceptedHere } = progress.incumbent;
  if (settings.report === "never" || (settings.report === "accepted" && !acceptedHere)) return undefined;
  await log.once("report/opened", Opened, async () => ({
    at: new Date(clock.nowMs()).toISOString(),
    ...(adapter && { adapter: adapter.name }),
  }));
  tell({ kind: "phase-start", phase: "report", key: "" });
  const onEvent = (event: RunEvent) => tell({ kind: "play", phase: "report", key: "", event });
  const own = adapter && (await arena.play(players.player(adapter.name), "report", plan.report, onEvent));
  const ofBase = await arena.play(players.player(undefined), "report", plan.report, onEvent);
  const base = await keepEvaluation(store, whoPlays(loop), "report", ofBase);
  if (adapter === undefined || own === undefined) return { base };
  const specialist = await keepEvaluation(store, whoPlays(loop, adapter.name), "report", own);
  return { base, specialist, comparison: plainJson(compareEpisodes(own, ofBase)) };
}
