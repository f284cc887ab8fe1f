/** Work on a campaign of either loop, shown while it goes on; what it came to is printed at the end, also where it was halted or stopped. */
import { openApp } from "../app/app.ts";
import { findCampaign, type OpenCampaign } from "../app/campaigns.ts";
import { AutomemError } from "../core/errors.ts";
import type { CommandContext } from "./command-context.ts";
import { type CampaignView, campaignJsonView } from "./evolve/evolve-view.ts";
import { exitCodes } from "./exit-codes.ts";

interface Shown<Event> {
  commandLine: readonly string[];
  signal: AbortSignal;
  onEvent: (event: Event) => void;
  onNote: (text: string) => void;
}

/** What differs between the loops. `overview`: what is printed at the end, as data and as text. */
export interface Work<Event> {
  view: CampaignView<Event>;
  work: (options: Shown<Event>) => Promise<unknown>;
  overview: (campaign: OpenCampaign) => Promise<{ data: object; text: () => string }>;
}

/** Sets the exit code: 0 ended, 1 halted, 130 stopped. Throws what happened before there was a campaign. */
export async function workWithView<Event extends { campaignId: string }>(
  context: CommandContext,
  json: boolean,
  { view: onTerminal, work, overview }: Work<Event>,
): Promise<void> {
  const { terminal } = context;
  const view: CampaignView<Event> = json ? campaignJsonView() : onTerminal;
  let id: string | undefined;
  const onEvent = (event: Event) => {
    id = event.campaignId;
    view.show(event);
  };
  const onNote = (text: string) => terminal.note(text);
  try {
    await work({ commandLine: process.argv.slice(2), signal: context.signal, onEvent, onNote }).finally(() =>
      view.end(),
    );
  } catch (fault) {
    if (id === undefined || !(fault instanceof AutomemError)) throw fault;
    context.exitCode = context.signal.aborted ? exitCodes.interrupted : exitCodes.failed;
    if (!context.signal.aborted) terminal.note(`Halted: ${fault.message}`);
  }
  const campaign = id === undefined ? undefined : await findCampaign(openApp(context.environment), id);
  if (campaign === undefined) return;
  const { data, text } = await overview(campaign);
  if (json) process.stdout.write(`${JSON.stringify({ kind: "campaign", campaign: data })}\n`);
  else terminal.print(text());
}
