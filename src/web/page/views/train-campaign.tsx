/** A campaign of train: its ledger, and one trial in full. */

import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { points } from "../../../core/points.ts";
import { answerOf, api } from "../client.ts";
import { CampaignFacts } from "../parts/campaign-facts.tsx";
import { CampaignMeasures } from "../parts/campaign-measures.tsx";
import { ConfigurationsBeside } from "../parts/configurations-beside.tsx";
import { GateView } from "../parts/gate-view.tsx";
import { LossPlot } from "../parts/loss-plot.tsx";
import { count, percent } from "../parts/texts.ts";
import { Transcript } from "../parts/transcript.tsx";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

const ask = api.campaigns[":campaign"].$get;
type Answer = InferResponseType<typeof ask, 200>;
type TrainAnswer = Extract<Answer, { loop: "train" }>;
type Trial = TrainAnswer["train"]["trials"][number];

export function TrainCampaign({ answer }: { answer: TrainAnswer }) {
  const [chosen, setChosen] = useState<string>();
  const [beside, setBeside] = useState<readonly string[]>([]);
  const toggle = (key: string) =>
    setBeside((before) => (before.includes(key) ? before.filter((one) => one !== key) : [...before, key]));
  const { train: campaign, course, memory } = answer;
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
          Specialist so far:{" "}
          <a class="mono" href={`/adapters/${adapter}`}>
            {adapter.slice(0, 16)}
          </a>
        </p>
      )}
      <h2>Ledger</h2>
      <Wide label="Ledger">
        <table>
          <thead>
            <tr>
              <th>
                <span class="unseen">Side by side</span>
              </th>
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
                  <td class="choose">
                    <input
                      type="checkbox"
                      aria-label={`put ${configuration.key} beside others`}
                      checked={beside.includes(configuration.key)}
                      onChange={() => toggle(configuration.key)}
                    />
                  </td>
                  <td>
                    {index === 0 && (
                      <button
                        type="button"
                        class="link"
                        aria-pressed={chosen === trial.key}
                        onClick={() => setChosen(trial.key)}
                      >
                        {trial.key}
                      </button>
                    )}
                  </td>
                  <td>{index === 0 ? trial.round : ""}</td>
                  <td class="wrap">{index === 0 && trial.dataset && <DataText dataset={trial.dataset} />}</td>
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
      {beside.length === 1 && (
        <p class="faint" aria-live="polite">
          {beside[0]} chosen: choose another to see what differs
        </p>
      )}
      {beside.length > 1 && <ConfigurationsBeside campaign={campaign.id} keys={beside} />}
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
      {chosen !== undefined && (
        <TrialPanel campaign={campaign.id} trial={campaign.trials.find(({ key }) => key === chosen)} />
      )}
      <CampaignMeasures course={course} memory={memory} />
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
  return `rank ${recipe.rank}, lr ${recipe.learningRate}, ${recipe.maxSteps === null ? count(recipe.epochs, "epoch") : count(recipe.maxSteps, "step")}`;
}

/** One under way has no plan and losses to show yet. */
function TrialPanel({ campaign, trial }: { campaign: string; trial: Trial | undefined }) {
  if (trial === undefined) return null;
  return (
    <section class="panel" aria-label={`Trial ${trial.key}`}>
      <h2>Trial {trial.key}</h2>
      {trial.record !== undefined && <TrialText campaign={campaign} trial={trial.key} />}
      <Transcript key={trial.key} campaign={campaign} part={trial.key} title="What decider and selector said" />
    </section>
  );
}

function TrialText({ campaign, trial }: { campaign: string; trial: string }) {
  const { answer, fault } = useAnswer(`${campaign}/${trial}`, () =>
    answerOf(api.campaigns[":campaign"].trials[":key"].$get({ param: { campaign, key: trial } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {trial}</p>;
  return (
    <>
      <pre class="text">{answer.reason}</pre>
      <LossPlot losses={answer.losses} />
      {answer.gates.map((gate) => (
        <GateView key={gate.title} gate={gate} />
      ))}
      <details>
        <summary>The plan</summary>
        <pre class="text">{JSON.stringify(answer.plan, undefined, 2)}</pre>
      </details>
    </>
  );
}
