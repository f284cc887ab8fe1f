/** A campaign of evolve: the tree of its revisions, each with its verdict, and one of them in full. */

import type { InferResponseType } from "hono/client";
import { useState } from "preact/hooks";
import { points } from "../../../core/points.ts";
import { answerOf, api } from "../client.ts";
import { CampaignFacts } from "../parts/campaign-facts.tsx";
import { CampaignMeasures } from "../parts/campaign-measures.tsx";
import type { SpentAnswer } from "../parts/course-data.ts";
import { GateView } from "../parts/gate-view.tsx";
import { Patch } from "../parts/patch.tsx";
import { ScaffoldsBetween } from "../parts/scaffolds-between.tsx";
import { count, percent, spentText } from "../parts/texts.ts";
import { Transcript } from "../parts/transcript.tsx";
import { useAnswer } from "../use-answer.ts";

const ask = api.campaigns[":campaign"].$get;
type Answer = InferResponseType<typeof ask, 200>;
type EvolveAnswer = Extract<Answer, { loop: "evolve" }>;
type Node = EvolveAnswer["evolve"]["nodes"][number];

export function EvolveCampaign({ answer }: { answer: EvolveAnswer }) {
  const [chosen, setChosen] = useState<string>();
  const { evolve: campaign, course, memory } = answer;
  const { record, nodes, start, report } = campaign;
  const costOf = (key: string) => course.costs.find(({ part }) => part === key)?.spent;
  const scaffolds = [
    { key: "start", title: `start: ${start.label}` },
    ...nodes.flatMap(({ key, change, scaffold }) =>
      scaffold === undefined ? [] : [{ key, title: `${key}: ${change}` }],
    ),
  ];
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
            <NodeLine
              node={node}
              cost={costOf(node.key)}
              chosen={chosen === node.key}
              onChoose={() => setChosen(node.key)}
            />
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
      {chosen !== undefined && <Revision campaign={campaign.id} node={nodes.find(({ key }) => key === chosen)} />}
      <CampaignMeasures course={course} memory={memory} />
      <ScaffoldsBetween campaign={campaign.id} choices={scaffolds} />
    </>
  );
}

function NodeLine({
  node,
  cost,
  chosen,
  onChoose,
}: {
  node: Node;
  cost: SpentAnswer | undefined;
  chosen: boolean;
  onChoose: () => void;
}) {
  const gain =
    node.selectMean === undefined || node.incumbentSelectMean === undefined
      ? ""
      : ` Select: ${points(node.selectMean - node.incumbentSelectMean)} points.`;
  return (
    <>
      <button type="button" class="link" aria-pressed={chosen} onClick={onChoose}>
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
      <span class="figures">
        {node.confirm?.estimate !== undefined && (
          <span>
            confirm {points(node.confirm.estimate)} points
            {node.confirm.interval &&
              ` (${points(node.confirm.interval[0])} to ${points(node.confirm.interval[1])}, ${count(node.confirm.pairs, "pair")})`}
          </span>
        )}
        {cost && <span class="faint">{spentText(cost)}</span>}
      </span>
    </>
  );
}

/** A review that gave no revision has its reason and what was said. */
function Revision({ campaign, node }: { campaign: string; node: Node | undefined }) {
  if (node === undefined) return null;
  return (
    <section class="panel" aria-label={`Revision ${node.key}`}>
      <h2>
        {node.key}: {node.change ?? "no revision"}
      </h2>
      {node.revision === undefined ? <p>{node.reason}</p> : <RevisionText campaign={campaign} revision={node.key} />}
      <Transcript key={node.key} campaign={campaign} part={node.key} title="Transcript of the review" />
    </section>
  );
}

function RevisionText({ campaign, revision }: { campaign: string; revision: string }) {
  const { answer, fault } = useAnswer(`${campaign}/${revision}`, () =>
    answerOf(api.campaigns[":campaign"].revisions[":key"].$get({ param: { campaign, key: revision } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {revision}</p>;
  const { calls, promptTokens, generatedTokens } = answer.spent;
  return (
    <>
      <p class="faint">
        The review took {count(calls, "call")}, {count(promptTokens, "token")} in and {count(generatedTokens, "token")}{" "}
        out.
      </p>
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
    </>
  );
}
