/** `automem show`: a run, an episode, one step of it, the memory folder at a step. */
import { Command, InvalidArgumentError } from "commander";
import { openApp } from "../../app/app.ts";
import { findCampaign, type OpenCampaign } from "../../app/campaigns.ts";
import { campaignOverview, isEvolve, revisionView } from "../../app/evolve/campaigns.ts";
import {
  episodeOf,
  episodeTimes,
  findTarget,
  follow,
  readEpisode,
  runOverview,
  type StepRow,
  type Target,
} from "../../app/inspect.ts";
import { findDataset, statsOf } from "../../app/train/datasets.ts";
import { isTrain, type TrainCampaign, trainOverview } from "../../app/train/trainings.ts";
import { trialView } from "../../app/train/trial-row.ts";
import type { CommandContext } from "../command-context.ts";
import { campaignText, revisionText } from "../evolve/campaign-text.ts";
import { followText } from "../show/follow-text.ts";
import { episodeText, runText } from "../show/overview-text.ts";
import { memoryText, stepText } from "../show/step-text.ts";
import { stepsTable } from "../show/steps-table.ts";
import { trainingText } from "../train/training-text.ts";
import { trialText } from "../train/trial-text.ts";

interface Flags {
  steps?: boolean;
  step?: number;
  memory?: number;
  follow?: boolean;
  json?: boolean;
}

export function showCommand(context: CommandContext): Command {
  return new Command("show")
    .description("a run, an episode, a campaign, a revision or a trial: summary, steps, conversations, memory")
    .argument(
      "<name>",
      "RUN, RUN/EPISODE, CAMPAIGN or CAMPAIGN/KEY; the first part is an id, the beginning of one, or last",
    )
    .option("--steps", "a line for each step")
    .option("--step <n>", "one step: what was seen, LOG and PLAN word for word, operations and results", whole)
    .option("--memory <n>", "the memory folder when step n ended", whole)
    .option("--follow", "follow an episode while it is played")
    .option("--json", "print as JSON")
    .action(async (named: string, flags: Flags) => {
      const app = openApp(context.environment);
      const [first = "", key] = named.split("/", 2);
      const campaign = await findCampaign(app, first);
      // `last/EPISODE` is of the newest run, also where a campaign played it.
      if (campaign !== undefined && !(first === "last" && key !== undefined && !/^[rt]\d/.test(key))) {
        return showCampaign(context, campaign, key, flags);
      }
      const target = await findTarget(app, named);
      if (flags.step !== undefined) return showStep(context, target, flags.step, flags);
      if (flags.memory !== undefined) return showMemory(context, target, flags.memory, flags);
      if (flags.follow) return followEpisode(context, target, flags);
      if (flags.steps) return showSteps(context, target, flags);
      if (target.episode) return showEpisode(context, target, flags);
      const overview = await runOverview(app, target.run);
      if (flags.json) return context.terminal.printJson(overview);
      context.terminal.print(runText(overview));
      if (target.run.episodes.length === 1 && overview.episodes[0]?.steps) {
        context.terminal.print("");
        await showEpisode(context, target, flags);
      }
    });
}

async function showCampaign(
  context: CommandContext,
  campaign: OpenCampaign,
  key: string | undefined,
  flags: Flags,
): Promise<void> {
  const { terminal } = context;
  const app = openApp(context.environment);
  if (isTrain(campaign)) return showTraining(context, campaign, key, flags);
  if (!isEvolve(campaign)) throw new Error(`Campaign ${campaign.id} is of neither loop.`);
  if (key === undefined) {
    const overview = await campaignOverview(app, campaign);
    return flags.json ? terminal.printJson(overview) : terminal.print(campaignText(overview));
  }
  const view = await revisionView(app, campaign, key);
  if (flags.json) terminal.printJson(view);
  else terminal.print(revisionText(view));
}

async function showTraining(
  context: CommandContext,
  campaign: TrainCampaign,
  key: string | undefined,
  flags: Flags,
): Promise<void> {
  const { terminal } = context;
  const app = openApp(context.environment);
  const overview = await trainOverview(app, campaign);
  if (key === undefined) return flags.json ? terminal.printJson(overview) : terminal.print(trainingText(overview));
  const view = await trialView(await app.store(), overview.trials, key);
  const dataset = view.row.dataset && (await findDataset(app, view.row.dataset.hash));
  const stats = dataset && (await statsOf(app, dataset));
  if (flags.json) terminal.printJson({ ...view, stats });
  else terminal.print(trialText(view, stats));
}

async function showEpisode(context: CommandContext, target: Target, flags: Flags): Promise<void> {
  const episode = episodeOf(target);
  const app = openApp(context.environment);
  const summary = await (await readEpisode(app, target.run, episode)).summary();
  const times = await episodeTimes(app, target.run, episode);
  const name = `${target.run.folder.id}/${episode.key}`;
  if (flags.json) context.terminal.printJson({ episode: name, ...summary, times });
  else context.terminal.print(episodeText(name, summary, times));
}

async function showSteps(context: CommandContext, target: Target, flags: Flags): Promise<void> {
  const reader = await readEpisode(openApp(context.environment), target.run, episodeOf(target));
  const rows: StepRow[] = [];
  for await (const row of reader.rows()) rows.push(row);
  if (flags.json) context.terminal.printJson(rows);
  else context.terminal.print(stepsTable(rows));
}

async function showStep(context: CommandContext, target: Target, stepIndex: number, flags: Flags): Promise<void> {
  const reader = await readEpisode(openApp(context.environment), target.run, episodeOf(target));
  const step = await reader.step(stepIndex);
  if (flags.json) context.terminal.printJson(step);
  else context.terminal.print(stepText(step, context.terminal.color));
}

async function showMemory(context: CommandContext, target: Target, stepIndex: number, flags: Flags): Promise<void> {
  const reader = await readEpisode(openApp(context.environment), target.run, episodeOf(target));
  // The number of steps is a natural thing to ask for: the memory at the end.
  const { steps, end } = await reader.summary();
  const files = await reader.memoryAt(end !== undefined && stepIndex === steps && steps > 0 ? steps - 1 : stepIndex);
  if (flags.json) context.terminal.printJson(Object.fromEntries(files));
  else context.terminal.print(memoryText(files, context.terminal.color));
}

async function followEpisode(context: CommandContext, target: Target, flags: Flags): Promise<void> {
  const episode = episodeOf(target);
  const entries = await follow(openApp(context.environment), target.run, episode, context.signal);
  for await (const entry of entries) {
    if (flags.json) process.stdout.write(`${JSON.stringify(entry)}\n`);
    else {
      const text = followText(entry, context.terminal.color);
      if (text !== undefined) context.terminal.print(text);
    }
  }
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected a step, counted from 0.");
  return Number(text);
}
