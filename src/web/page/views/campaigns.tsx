/** Campaigns of both loops. */
import { gainText } from "../../../app/campaign-gain.ts";
import { answerOf, api } from "../client.ts";
import { changes } from "../live.ts";
import { count, when } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

export function Campaigns() {
  const { answer, fault } = useAnswer("campaigns", () => answerOf(api.campaigns.$get()), changes.campaigns.value);
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading</p>;
  return (
    <>
      <h1>Campaigns</h1>
      {answer.campaigns.length === 0 && (
        <p>
          None yet. <code>automem evolve GAME --model PROVIDER:MODEL</code> improves a scaffold,{" "}
          <code>automem train GAME --model PROVIDER:MODEL</code> a memory specialist.
        </p>
      )}
      <Wide label="Campaigns">
        <table>
          <thead>
            <tr>
              <th>Campaign</th>
              <th>Loop</th>
              <th>Game</th>
              <th>Model</th>
              <th>Proposed by</th>
              <th class="number">Tried</th>
              <th class="number">Accepted</th>
              <th class="number">Points won (95 %)</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {answer.campaigns.map((campaign) => (
              <tr key={campaign.id}>
                <td>
                  <a class="mono" href={`/campaigns/${campaign.id}`}>
                    {campaign.id}
                  </a>
                  <br />
                  <span class="faint">{when(campaign.created)}</span>
                </td>
                {campaign.problem === undefined ? (
                  <>
                    <td>{campaign.loop}</td>
                    <td>{campaign.game}</td>
                    <td class="mono">{campaign.model}</td>
                    <td>{campaign.by}</td>
                    <td class="number">{campaign.tried}</td>
                    <td class="number">{campaign.accepted}</td>
                    <td class="number">
                      {gainText(campaign.gain)}
                      {campaign.gain && (
                        <>
                          <br />
                          <span class="faint">
                            {campaign.gain.seeds} seeds, {count(campaign.gain.pairs, "pair")}
                          </span>
                        </>
                      )}
                    </td>
                    <td>{campaign.state}</td>
                  </>
                ) : (
                  <td class="problem" colSpan={8}>
                    {campaign.problem}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </>
  );
}
