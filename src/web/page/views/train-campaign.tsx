/** A campaign of train: its ledger, and one trial in full. */
import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { CampaignFacts } from "../parts/campaign-facts.tsx";
import { GateView } from "../parts/gate-view.tsx";
import { LossPlot } from "../parts/loss-plot.tsx";
import { percent, points } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

const ask = api.campaigns[":campaign"].$get;
type Answer = InferResponseType<typeof ask, 200>;
export type Train = Extract<Answer, { loop: "train" }>["train"];
type Trial = Train["trials"][number];

export function TrainCampaign({ campaign }: { campaign: Train }) {
  const [chosen, setChosen] = useState<string>();
  const { record, report, adapter } = campaign;
  return (
    <>
      <h1>{campaign.id}</h1>
      <CampaignFacts
        campaign={campaign}
        facts={[
          `${record.game.name} ${record.game.version}`,
          record.model.name,
          `scaffold ${campaign.scaffold}`,
          `selector ${record.selector.name}`,
          `decider ${record.decider.name}`,
          `trainer ${record.trainer.name} ${record.trainer.version}`,
        ]}
      />
      {adapter && (
        <p>
          Specialist so far: <span class="mono">{adapter.slice(0, 16)}</span>. What it was made of:{" "}
          <code>automem why {adapter.slice(0, 12)}</code>
        </p>
      )}
      <h2>Ledger</h2>
      <Wide label="Ledger">
        <table>
          <thead>
            <tr>
              <th>Trial</th>
              <th>Round</th>
              <th>Data</th>
              <th>Recipe</th>
              <th class="number">Loss</th>
              <th class="number">Replies equal</th>
              <th class="number">Select</th>
              <th class="number">Difference</th>
              <th>Outcome</th>
            </tr>
          </thead>
          <tbody>
            {campaign.trials.flatMap((trial) =>
              trial.configurations.map((configuration, index) => (
                <tr key={configuration.key}>
                  <td>
                    {index === 0 && (
                      <button
                        type="button"
                        class="link"
                        disabled={trial.record === undefined}
                        aria-pressed={chosen === trial.key}
                        onClick={() => setChosen(trial.key)}
                      >
                        {trial.key}
                      </button>
                    )}
                  </td>
                  <td>{index === 0 ? trial.round : ""}</td>
                  <td>{index === 0 && trial.dataset && <DataText dataset={trial.dataset} />}</td>
                  <td>{recipeText(configuration)}</td>
                  <td class="number">{configuration.finalLoss?.toFixed(3)}</td>
                  <td class="number">
                    {configuration.parity && `${configuration.parity.equal} of ${configuration.parity.of}`}
                  </td>
                  <td class="number">
                    {configuration.selectMean === undefined ? "" : percent(configuration.selectMean)}
                  </td>
                  <td class="number">
                    {trial.best === index && trial.selectDifference !== undefined && points(trial.selectDifference)}
                  </td>
                  <td class="long">
                    {index === 0 && (
                      <>
                        <span class={`badge ${trial.outcome === "accepted" ? "good" : ""}`}>{trial.outcome}</span>{" "}
                        {trial.why}
                      </>
                    )}
                    {configuration.failure && (
                      <div class="problem">
                        {configuration.failure.stage}: {configuration.failure.reason}
                      </div>
                    )}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </Wide>
      {campaign.trials.length === 0 && <p class="faint">No trial was decided on yet.</p>}
      {report && (
        <p>
          On the report seeds: base {report.base === undefined ? "-" : percent(report.base)}
          {report.specialist !== undefined && `, with the specialist ${percent(report.specialist)}`}
          {report.difference !== undefined && `, ${points(report.difference)} points`}
          {report.low !== undefined &&
            report.high !== undefined &&
            ` (95 %: ${points(report.low)} to ${points(report.high)})`}
          .
        </p>
      )}
      {chosen !== undefined && <TrialPanel campaign={campaign.id} trial={chosen} />}
    </>
  );
}

function DataText({ dataset }: { dataset: NonNullable<Trial["dataset"]> }) {
  const kinds = Object.entries(dataset.items).map(([kind, items]) => `${items} ${kind}`);
  return (
    <>
      <a class="mono" href={`/datasets/${dataset.hash}`}>
        {dataset.hash.slice(0, 8)}
      </a>{" "}
      {dataset.lines} lines: {kinds.join(", ")}
      {dataset.reused && <span class="faint"> (used again)</span>}
    </>
  );
}

function recipeText({ recipe, differs }: Trial["configurations"][number]): string {
  if (differs !== undefined) return differs === "" ? "the same" : differs;
  return `rank ${recipe.rank}, lr ${recipe.learningRate}, ${recipe.maxSteps === null ? `${recipe.epochs} epochs` : `${recipe.maxSteps} steps`}`;
}

function TrialPanel({ campaign, trial }: { campaign: string; trial: string }) {
  const { answer, fault } = useAnswer(`${campaign}/${trial}`, () =>
    answerOf(api.campaigns[":campaign"].trials[":key"].$get({ param: { campaign, key: trial } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {trial}</p>;
  return (
    <section class="panel" aria-label={`Trial ${trial}`}>
      <h2>Trial {trial}</h2>
      <pre class="text">{answer.reason}</pre>
      <LossPlot losses={answer.losses} />
      {answer.gates.map((gate) => (
        <GateView key={gate.title} gate={gate} />
      ))}
      <details>
        <summary>The plan</summary>
        <pre class="text">{JSON.stringify(answer.plan, undefined, 2)}</pre>
      </details>
    </section>
  );
}
