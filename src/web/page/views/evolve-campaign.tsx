/** A campaign of evolve: the tree of its revisions, each with its verdict, and one of them in full. */
import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { CampaignFacts } from "../parts/campaign-facts.tsx";
import { GateView } from "../parts/gate-view.tsx";
import { Patch } from "../parts/patch.tsx";
import { percent, points } from "../parts/texts.ts";
import { useAnswer } from "../use-answer.ts";

const ask = api.campaigns[":campaign"].$get;
type Answer = InferResponseType<typeof ask, 200>;
export type Evolve = Extract<Answer, { loop: "evolve" }>["evolve"];
type Node = Evolve["nodes"][number];

export function EvolveCampaign({ campaign }: { campaign: Evolve }) {
  const [chosen, setChosen] = useState<string>();
  const { record, nodes, start, report } = campaign;
  return (
    <>
      <h1>{campaign.id}</h1>
      <CampaignFacts
        campaign={campaign}
        facts={[
          `${record.game.name} ${record.game.version}`,
          record.model.name,
          `reviewer ${record.reviewer.name}`,
          `from ${start.label}`,
        ]}
      />
      <h2>Revisions</h2>
      <ol class="tree">
        <li>
          <strong>{start.label}</strong>{" "}
          {start.selectMean !== undefined && <span>{percent(start.selectMean)} on the select seeds</span>}
        </li>
        {nodes.map((node) => (
          <li key={node.key} class={node.outcome} style={{ marginLeft: `${1.5 * (1 + node.depth)}rem` }}>
            <NodeLine node={node} chosen={chosen === node.key} onChoose={() => setChosen(node.key)} />
          </li>
        ))}
      </ol>
      {nodes.length === 0 && <p class="faint">No review has ended yet.</p>}
      {report && (
        <p>
          On the report seeds: {report.start === undefined ? "-" : percent(report.start)} before,{" "}
          {report.final === undefined ? "-" : percent(report.final)} after
          {report.difference !== undefined && `, ${points(report.difference)} points`}
          {report.low !== undefined &&
            report.high !== undefined &&
            ` (95 %: ${points(report.low)} to ${points(report.high)})`}
          .
          {report.otherOpenings > 0 &&
            ` These seeds were opened ${report.otherOpenings} times elsewhere in this store, so it is not a sealed figure any more.`}
        </p>
      )}
      {chosen !== undefined && <Revision campaign={campaign.id} revision={chosen} />}
    </>
  );
}

function NodeLine({ node, chosen, onChoose }: { node: Node; chosen: boolean; onChoose: () => void }) {
  const gain =
    node.selectMean === undefined || node.incumbentSelectMean === undefined
      ? ""
      : `, ${points(node.selectMean - node.incumbentSelectMean)} points on select`;
  return (
    <>
      <button
        type="button"
        class="link"
        aria-pressed={chosen}
        disabled={node.revision === undefined}
        onClick={onChoose}
      >
        {node.key}
      </button>{" "}
      <strong>{node.change ?? "no revision"}</strong>{" "}
      <span class={`badge ${node.outcome === "accepted" ? "good" : node.outcome.startsWith("rejected") ? "bad" : ""}`}>
        {node.outcome}
      </span>{" "}
      <span class="faint">
        {node.reason}
        {gain}
      </span>
    </>
  );
}

function Revision({ campaign, revision }: { campaign: string; revision: string }) {
  const { answer, fault } = useAnswer(`${campaign}/${revision}`, () =>
    answerOf(api.campaigns[":campaign"].revisions[":key"].$get({ param: { campaign, key: revision } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {revision}</p>;
  return (
    <section class="panel" aria-label={`Revision ${revision}`}>
      <h2>
        {revision}: {answer.node.change}
      </h2>
      {answer.gates.map((gate) => (
        <GateView key={gate.title} gate={gate} />
      ))}
      <h3>Analysis</h3>
      <pre class="text">{answer.analysis}</pre>
      <h3>Method</h3>
      <pre class="text">{answer.method}</pre>
      <h3>What changed in the scaffold</h3>
      {answer.difference.files.map((file) => (
        <Patch key={file.path} file={file} />
      ))}
      <details>
        <summary>
          Transcript of the review <span class="faint">{answer.spent.calls} calls</span>
        </summary>
        <pre class="text">{answer.transcript}</pre>
      </details>
    </section>
  );
}
