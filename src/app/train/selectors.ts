/** Selectors by the name a person gives. */
import { ConfigError } from "../../core/errors.ts";
import type { SelectorIdentity } from "../../core/training.ts";
import type { OpenSelector, TrainParts } from "../../train/campaign/parts.ts";
import { OutcomeSelector } from "../../train/selection/outcome/outcome.ts";
import type { TrainSettings } from "../../train/settings.ts";
import type { App } from "../app.ts";

/** The selector of a campaign, as each plan asks for it anew. */
export interface OpenSelectors {
  /** With the campaign's own settings of `outcome`, where it reads them. */
  identity: SelectorIdentity;
  selectorFor: TrainParts["selectorFor"];
  close(): Promise<void>;
}

/** `rest` is what stands behind the colon. */
type OpenNamed = (app: App, rest: string, settings: TrainSettings) => Promise<OpenSelectors>;

/** By what stands before the first colon. */
const selectors: Readonly<Record<string, OpenNamed>> = {
  outcome: async (_app, _rest, { data }) => ({
    identity: new OutcomeSelector(data.outcome).identity,
    selectorFor: ({ outcome }): OpenSelector => ({
      selector: new OutcomeSelector(outcome),
      asksModel: false,
      spent: () => ({ tokens: 0, money: 0 }),
    }),
    close: async () => undefined,
  }),
};

/** `close` it in the end. Throws `ConfigError` (`unknown-selector`), and what opening a model throws. */
export async function openSelectors(app: App, settings: TrainSettings): Promise<OpenSelectors> {
  const named = settings.selector;
  const at = named.indexOf(":");
  const kind = at < 0 ? named : named.slice(0, at);
  const open = Object.hasOwn(selectors, kind) ? selectors[kind] : undefined;
  if (open === undefined) {
    throw new ConfigError(`There is no selector "${kind}". Selectors: ${Object.keys(selectors).join(", ")}.`, {
      code: "unknown-selector",
    });
  }
  return open(app, at < 0 ? "" : named.slice(at + 1), settings);
}
