/** A campaign as text: what it set out to do, its revisions as a tree, what came of it. */

import { isOpen } from "../../app/campaign-state.ts";
import type { CampaignNode, CampaignOverview, RevisionView } from "../../app/evolve/campaigns.ts";
import { amount, duration, percent } from "../../app/units.ts";
import { points } from "../../core/points.ts";
import { commandText } from "../../core/shell-words.ts";
import { printable } from "../terminal.ts";

export function campaignText(campaign: CampaignOverview): string {
  const { record, settings, state, spent } = campaign;
  const lines = [
    `Campaign ${campaign.id}, ${campaign.created}${campaign.heldBy === undefined ? "" : `, worked on by process ${campaign.heldBy}`}`,
    `  game      ${record.game.name} ${record.game.version}, ${record.tasks.length === 1 ? `task ${record.tasks[0]}` : `${record.tasks.length} tasks`}`,
    `  model     ${record.model.name}`,
    ...(record.specialist ? [`  specialist ${record.specialist.model.name}`] : []),
    `  reviewer  ${record.reviewer.name}`,
    `  start     ${campaign.start.label}`,
    `  gate      ${gateText(settings.gate)}`,
    `  command   ${commandText(campaign.commandLine)}`,
    `  state     ${stateText(campaign)}`,
    `  spent     ${amount(spent.episodes)} episodes, ${amount(spent.tokens)} tokens${spent.money > 0 ? `, ${spent.money.toFixed(2)} money` : ""}, ${duration(1000 * spent.seconds)}`,
    "",
    `${campaign.start.label}: ${percent(campaign.start.selectMean)} on the select seeds`,
    ...tree(campaign.nodes),
  ];
  if (campaign.report !== undefined) lines.push("", ...reportLines(campaign.report));
  lines.push("", ...nextLines(campaign, state));
  return printable(lines.join("\n"));
}

/** One revision with what its reviewer said and how it was judged. */
export function revisionText(view: RevisionView): string {
  const { node, revision, analysis, method, difference } = view;
  const lines = [
    `Revision ${node.key}: ${revision.structuralChange.name}`,
    `  ${revision.structuralChange.description}`,
    `  scaffold  ${revision.scaffold.slice(0, 12)}, made from ${revision.parent.slice(0, 12)}`,
    `  verdict   ${node.outcome}: ${node.reason}`,
    `  review    ${revision.spent.calls} model calls, ${amount(revision.spent.promptTokens)} tokens in, ${amount(revision.spent.generatedTokens)} out, sent back ${revision.mends} times`,
    "",
    "Analysis",
    analysis.trim(),
    "",
    "Method",
    method.trim(),
    "",
    ...difference.files.map(({ patch }) => patch.trimEnd()),
  ];
  return printable(lines.join("\n"));
}

function gateText(gate: CampaignOverview["settings"]["gate"]): string {
  if (gate.kind === "paper") return "paper: a higher mean on the select seeds; bounds no error";
  return `confirm: any false accept at most ${percent(gate.alpha)}, shared among ${gate.looks} tests of at most ${gate.maximumPairs} pairs`;
}

function stateText({ state, accepted }: CampaignOverview): string {
  if (isOpen(state)) return "not ended";
  const found = accepted.length === 0 ? "no better scaffold was found" : `${accepted.length} accepted`;
  return `ended (${state}): ${found}`;
}

/** Each continuation below what it goes on from. */
function tree(nodes: readonly CampaignNode[]): string[] {
  const open: boolean[] = [];
  return nodes.flatMap((node, index) => {
    const after = nodes.slice(index + 1);
    // The next of the same depth, before a shallower one, is a sibling.
    const next = after.find(({ depth }) => depth <= node.depth);
    const last = next === undefined || next.depth < node.depth;
    open[node.depth] = !last;
    const above = open.slice(0, node.depth).map((more) => (more ? "│  " : "   "));
    const branch = `${above.join("")}${last ? "└─" : "├─"} `;
    const rest = `${above.join("")}${last ? "   " : "│  "}   `;
    if (node.change === undefined) return [`${branch}${node.key}  no revision: ${node.reason}`];
    return [`${branch}${node.key}  ${node.change}`, `${rest}${outcomeText(node)}`];
  });
}

function outcomeText({ outcome, reason, selectMean, incumbentSelectMean }: CampaignNode): string {
  const select =
    selectMean === undefined ? "" : ` select ${percent(selectMean)} against ${percent(incumbentSelectMean)};`;
  const mark = outcome === "accepted" ? "ACCEPTED" : outcome.replaceAll("-", " ");
  return reason === "" ? mark : `${mark}:${select} ${reason}`;
}

function reportLines(report: NonNullable<CampaignOverview["report"]>): string[] {
  const { start, final, difference, low, high, pairs, otherOpenings } = report;
  const range = low === undefined ? "" : ` (95 % interval ${points(low)} to ${points(high ?? low)})`;
  return [
    `Report seeds, opened once: ${percent(start)} at the start, ${percent(final)} at the end: ${points(difference)} points${range}, ${pairs} pairs.`,
    ...(otherOpenings === 0
      ? []
      : [
          `Other campaigns and runs of this store opened report seeds of this game ${otherOpenings} times: look on the figure accordingly.`,
        ]),
  ];
}

function nextLines({ id, accepted }: CampaignOverview, state: string): string[] {
  if (isOpen(state)) return [`Go on with: automem resume ${id}`];
  const look = accepted.length > 0 ? [`Use it: --scaffold scaffold/${id}/best`] : [];
  return [...look, `A revision in full: automem show ${id}/KEY`];
}
