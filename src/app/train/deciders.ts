/** Deciders by the name a person gives. */
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { createAgentDecider } from "../../train/decider/agent/agent.ts";
import type { Decider } from "../../train/decider/decider.ts";
import { createGridDecider } from "../../train/decider/grid.ts";
import { createHalvingDecider } from "../../train/decider/halving/halving.ts";
import { createScriptedDecider } from "../../train/decider/scripted.ts";
import { DecisionSettings } from "../../train/decider/settings.ts";
import type { TrainSettings } from "../../train/settings.ts";
import type { App } from "../app.ts";
import { openRunModel } from "../models.ts";

/** `rest` is what stands behind the colon. */
type OpenNamed = (app: App, rest: string, settings: TrainSettings) => Promise<Decider>;

/** By what stands before the first colon. */
const deciders: Readonly<Record<string, OpenNamed>> = {
  agent: async (app, model, settings) => {
    const contextTokens = v.parse(DecisionSettings, settings.decision ?? {}).contextTokens;
    const opened = await openRunModel(app, { model, contextTokens, parallel: 1 }, 1);
    try {
      return createAgentDecider({ model: opened, clock: app.clock, settings });
    } catch (fault) {
      await opened.close();
      throw fault;
    }
  },
  grid: async (_app, rest, settings) => {
    refuseRest("grid", rest);
    return createGridDecider(settings);
  },
  halving: async (_app, rest, settings) => {
    refuseRest("halving", rest);
    return createHalvingDecider(settings);
  },
  scripted: (_app, path) => createScriptedDecider(path),
};

/** The decider of a campaign; `close` it in the end. Throws `ConfigError` (`unknown-decider`), and what the deciders throw when they are made. */
export async function openDecider(app: App, settings: TrainSettings): Promise<Decider> {
  const named = settings.decider;
  const at = named.indexOf(":");
  const kind = at < 0 ? named : named.slice(0, at);
  const open = Object.hasOwn(deciders, kind) ? deciders[kind] : undefined;
  if (open === undefined) throw unknown(kind);
  return open(app, at < 0 ? "" : named.slice(at + 1), settings);
}

function refuseRest(kind: string, rest: string): void {
  if (rest !== "") throw unknown(`${kind}:${rest}`);
}

function unknown(name: string): ConfigError {
  const forms = "agent:PROVIDER:MODEL, grid, halving, scripted:FILE";
  return new ConfigError(`There is no decider "${name}". Deciders: ${forms}.`, { code: "unknown-decider" });
}
