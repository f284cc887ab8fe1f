/** Reviewers by the name a person gives. */
import { ConfigError } from "../../core/errors.ts";
import { createAgentReviewer } from "../../evolve/reviewer/agent/agent.ts";
import { catalogueReviewer } from "../../evolve/reviewer/catalogue/catalogue.ts";
import { createCommandReviewer } from "../../evolve/reviewer/command/command.ts";
import type { References } from "../../evolve/reviewer/references.ts";
import type { Reviewer } from "../../evolve/reviewer/reviewer.ts";
import { createScriptedReviewer } from "../../evolve/reviewer/scripted/scripted.ts";
import type { EvolveSettings } from "../../evolve/settings.ts";
import type { App } from "../app.ts";
import { firstPartyFiles } from "../first-party.ts";
import { openRunModel } from "../models.ts";

/** `rest` is what stands behind the colon. */
type OpenNamed = (app: App, rest: string, settings: EvolveSettings) => Promise<Reviewer>;

/** By what stands before the first colon. */
const reviewers: Readonly<Record<string, OpenNamed>> = {
  agent: async (app, model, { review }) => {
    const opened = await openRunModel(app, { model, contextTokens: review.contextTokens, parallel: 1 });
    try {
      const settings = review.agent;
      return createAgentReviewer({ model: opened, references: await references(), clock: app.clock, settings });
    } catch (fault) {
      await opened.close();
      throw fault;
    }
  },
  catalogue: async () => catalogueReviewer(),
  "claude-code": openCommand,
  command: openCommand,
  scripted: (_app, path) => createScriptedReviewer(path),
};

/** The reviewer of a campaign; `close` it in the end. Throws `ConfigError` (`unknown-reviewer`), and what opening a model throws. */
export async function openReviewer(app: App, settings: EvolveSettings): Promise<Reviewer> {
  const named = settings.reviewer;
  const at = named.indexOf(":");
  const kind = at < 0 ? named : named.slice(0, at);
  const open = Object.hasOwn(reviewers, kind) ? reviewers[kind] : undefined;
  if (open === undefined) {
    throw new ConfigError(`There is no reviewer "${kind}". Reviewers: ${Object.keys(reviewers).join(", ")}.`, {
      code: "unknown-reviewer",
    });
  }
  return open(app, at < 0 ? "" : named.slice(at + 1), settings);
}

async function openCommand(app: App, _rest: string, { reviewer, review }: EvolveSettings): Promise<Reviewer> {
  const { environment, clock } = app;
  const settings = review.command;
  return createCommandReviewer({ name: reviewer, references: await references(), clock, environment, settings });
}

/** What every reviewer may read: the types and the guide of scaffolds. */
async function references(): Promise<References> {
  const files = await firstPartyFiles();
  const text = (path: string) => new TextDecoder().decode(files.get(path));
  return new Map([
    ["automem.d.ts", text("scaffolds/automem.d.ts")],
    ["scaffolds.md", text("docs/scaffolds.md")],
  ]);
}
