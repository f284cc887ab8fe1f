/** Selectors by the name a person gives. */
import { join } from "node:path";
import * as v from "valibot";
import { toolModel } from "../../campaign/agent/tool-model.ts";
import { openProgram } from "../../campaign/program/open-program.ts";
import { ConfigError } from "../../core/errors.ts";
import type { SelectorIdentity } from "../../core/training.ts";
import { removeFolder } from "../../platform/remove-folder.ts";
import type { TrainParts } from "../../train/campaign/parts.ts";
import { AgentSelector, agentIdentity } from "../../train/selection/agent/agent.ts";
import { CommandSelector, commandIdentity } from "../../train/selection/command/command.ts";
import { OutcomeSelector } from "../../train/selection/outcome/outcome.ts";
import { createScriptedSelector } from "../../train/selection/scripted/scripted.ts";
import { SelectionSettings } from "../../train/selection/settings.ts";
import { SelectionSpending } from "../../train/selection/spending.ts";
import type { TrainSettings } from "../../train/settings.ts";
import type { App } from "../app.ts";
import { openRunModel } from "../models.ts";

/** The selector of a campaign, as each plan asks for it anew. */
export interface OpenSelectors {
  /** As it is where a plan asks for nothing of its own. */
  identity: SelectorIdentity;
  selectorFor: TrainParts["selectorFor"];
  close(): Promise<void>;
}

/** Who selects, and with which settings. */
export type SelectorChoice = Pick<TrainSettings, "selector" | "selection" | "reviewerPrices"> & {
  data: Pick<TrainSettings["data"], "outcome">;
};

/** Lines for the screen, of a selector that asks somebody. */
type Tell = ((line: string) => void) | undefined;
/** `rest` is what stands behind the colon. */
type OpenNamed = (app: App, rest: string, settings: SelectorChoice, tell: Tell) => Promise<OpenSelectors>;

/** By what stands before the first colon. */
const selectors: Readonly<Record<string, OpenNamed>> = {
  agent: openAgent,
  "claude-code": openCommand,
  command: openCommand,
  outcome: openOutcome,
  scripted: openScripted,
};

/** `close` it in the end. Throws `ConfigError` (`unknown-selector`), and what opening a model or a program throws. */
export async function openSelectors(app: App, settings: SelectorChoice, tell?: Tell): Promise<OpenSelectors> {
  const named = settings.selector;
  const at = named.indexOf(":");
  const kind = at < 0 ? named : named.slice(0, at);
  const open = Object.hasOwn(selectors, kind) ? selectors[kind] : undefined;
  if (open === undefined || (kind === "outcome" && at >= 0)) {
    const forms = "outcome, agent:PROVIDER:MODEL, claude-code, command:PROGRAM ARGS, scripted:FILE";
    throw new ConfigError(`There is no selector "${named}". Selectors: ${forms}.`, { code: "unknown-selector" });
  }
  return open(app, at < 0 ? "" : named.slice(at + 1), settings, tell);
}

async function openOutcome(_app: App, _rest: string, { data }: SelectorChoice): Promise<OpenSelectors> {
  return {
    identity: new OutcomeSelector(data.outcome).identity,
    selectorFor: ({ outcome }) => ({ selector: new OutcomeSelector(outcome), asksModel: false, spent: nothing }),
    close: async () => undefined,
  };
}

async function openScripted(_app: App, path: string): Promise<OpenSelectors> {
  const selector = await createScriptedSelector(path);
  return {
    identity: selector.identity,
    selectorFor: () => ({ selector, asksModel: false, spent: nothing }),
    close: async () => undefined,
  };
}

async function openAgent(app: App, model: string, settings: SelectorChoice, onProgress: Tell): Promise<OpenSelectors> {
  const selection = v.parse(SelectionSettings, settings.selection ?? {});
  const { contextTokens, agent, totalTokens } = selection;
  const opened = await openRunModel(app, { model, contextTokens, parallel: 1 }, 1);
  try {
    const asked = toolModel(opened, {
      name: settings.selector,
      instead: '--selector outcome, which needs no model, or "command" or "claude-code"',
      settings: agent,
    });
    return {
      identity: agentIdentity(asked, selection),
      selectorFor: ({ criteria: wanted }) => {
        const spending = new SelectionSpending(settings.reviewerPrices, totalTokens);
        const parts = { model: asked, clock: app.clock, settings: selection, spending, wanted, onProgress };
        return { selector: new AgentSelector(parts), asksModel: true, spent: () => spending.total() };
      },
      close: () => opened.close(),
    };
  } catch (fault) {
    await opened.close();
    throw fault;
  }
}

async function openCommand(
  app: App,
  _rest: string,
  settings: SelectorChoice,
  onProgress: Tell,
): Promise<OpenSelectors> {
  const selection = v.parse(SelectionSettings, settings.selection ?? {});
  const { environment, clock } = app;
  const program = await openProgram({ name: settings.selector, environment, settings: selection.command });
  const scratch = join(app.home.folder, "work", `selection-${crypto.randomUUID()}`);
  return {
    identity: commandIdentity(program, selection),
    selectorFor: ({ criteria: wanted }) => {
      const spending = new SelectionSpending(settings.reviewerPrices, selection.totalTokens);
      const parts = { program, clock, settings: selection, spending, scratch, wanted, onProgress };
      return { selector: new CommandSelector(parts), asksModel: true, spent: () => spending.total() };
    },
    close: () => removeFolder(scratch),
  };
}

function nothing(): { tokens: number; money: number } {
  return { tokens: 0, money: 0 };
}
