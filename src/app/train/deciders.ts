/** Deciders by the name a person gives. */
import { ConfigError } from "../../core/errors.ts";
import type { Decider } from "../../train/decider/decider.ts";
import { createGridDecider } from "../../train/decider/grid.ts";
import { createHalvingDecider } from "../../train/decider/halving/halving.ts";
import { createScriptedDecider } from "../../train/decider/scripted.ts";
import type { TrainSettings } from "../../train/settings.ts";
import type { App } from "../app.ts";

/** `rest` is what stands behind the colon. */
type OpenNamed = (app: App, rest: string, settings: TrainSettings) => Promise<Decider>;

/** By what stands before the first colon. */
const deciders: Readonly<Record<string, OpenNamed>> = {
  grid: async (_app, _rest, settings) => createGridDecider(settings),
  halving: async (_app, _rest, settings) => createHalvingDecider(settings),
  scripted: (_app, path) => createScriptedDecider(path),
};

/** The decider of a campaign; `close` it in the end. Throws `ConfigError` (`unknown-decider`), and what the deciders throw when they are made. */
export async function openDecider(app: App, settings: TrainSettings): Promise<Decider> {
  const named = settings.decider;
  const at = named.indexOf(":");
  const kind = at < 0 ? named : named.slice(0, at);
  const open = Object.hasOwn(deciders, kind) ? deciders[kind] : undefined;
  if (open === undefined) {
    throw new ConfigError(`There is no decider "${kind}". Deciders: ${Object.keys(deciders).join(", ")}.`, {
      code: "unknown-decider",
    });
  }
  return open(app, at < 0 ? "" : named.slice(at + 1), settings);
}
