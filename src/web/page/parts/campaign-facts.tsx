/** What a campaign is, in a line or two: what both loops have. */

import { isOpen } from "../../../app/campaign-state.ts";
import { commandText } from "../../../core/shell-words.ts";
import { CampaignNow } from "./campaign-now.tsx";
import { count, when } from "./texts.ts";
import { WorkButtons } from "./work.tsx";

interface Facts {
  id: string;
  created: string;
  commandLine: readonly string[];
  heldBy?: number | undefined;
  state: string;
  settings: { gate: { kind: string; maximumPairs?: number | undefined } };
  spent: { episodes: number; tokens: number; money: number; seconds: number };
}

export function CampaignFacts({ campaign, facts }: { campaign: Facts; facts: readonly string[] }) {
  const { spent, state, heldBy } = campaign;
  return (
    <>
      <p class="facts">
        <span>{when(campaign.created)}</span>
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        <span class={`badge ${heldBy === undefined ? "" : "good"}`}>{heldBy === undefined ? state : "works now"}</span>
      </p>
      <p>
        <code class="mono">{commandText(campaign.commandLine)}</code>
      </p>
      <WorkButtons id={campaign.id} working={heldBy !== undefined} owed={isOpen(state)} />
      <p class="faint">
        Spent: {count(spent.episodes, "episode")}, {count(spent.tokens, "token")}
        {spent.money > 0 && `, ${spent.money.toFixed(2)} money`}, {Math.round(spent.seconds / 60)} minutes
      </p>
      {isOpen(state) && (
        <CampaignNow
          campaign={campaign.id}
          working={heldBy !== undefined}
          mostPairs={campaign.settings.gate.maximumPairs}
        />
      )}
    </>
  );
}
