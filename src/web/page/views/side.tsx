/** Two episodes in lock-step: one step number for both. One that ended before stays at its last step. */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { answerOf, api } from "../client.ts";
import { changes } from "../live.ts";
import { Conversation } from "../parts/conversation.tsx";
import { Memory } from "../parts/memory.tsx";
import { Observation } from "../parts/observation.tsx";
import { Parting } from "../parts/parting.tsx";
import { type SideAnswer, SideFactsTable } from "../parts/side-facts.tsx";
import { SideMemory } from "../parts/side-memory.tsx";
import { StepControls } from "../parts/step-controls.tsx";
import { type Span, type SpanState, TimelineView } from "../parts/timeline-view.tsx";
import { useStepInAddress } from "../step-in-address.ts";
import { type EpisodePlace, useStep } from "../steps.ts";
import { useAnswer } from "../use-answer.ts";

export function Side() {
  const { query } = useLocation();
  const { left = "", right = "" } = query;
  const { answer, fault } = useAnswer(`${left} ${right} ${changes.runs.value}`, () =>
    answerOf(api.side.$get({ query: { left, right } })),
  );
  if (fault) {
    return (
      <>
        <h1>Side by side</h1>
        <p class="problem">{fault.message}</p>
        <p>
          Open an episode of the <a href="/runs">list of runs</a> and choose another of the same task and seed there.
        </p>
      </>
    );
  }
  if (answer === undefined) return <p class="faint">Loading</p>;
  return <Both key={`${left} ${right}`} answer={answer} />;
}

function Both({ answer }: { answer: SideAnswer }) {
  const { left, right, warnings } = answer;
  const places = [placeOf(left), placeOf(right)] as const;
  const names = places.map(({ run, episode }) => `${run}/${episode}`) as [string, string];
  const [step, setStep] = useStepInAddress();
  const most = Math.max(left.steps, right.steps);
  const lastStep = Math.max(0, most - 1);
  const shown = Math.min(step, lastStep);
  const [span, setSpan] = useState<Span>({ from: 0, to: most + 1 });
  useEffect(() => setSpan({ from: 0, to: most + 1 }), [most]);
  const [against, setAgainst] = useState(false);
  return (
    <>
      <h1>
        Side by side: {left.task}, seed {left.seed}
      </h1>
      {warnings.map((warning) => (
        <p key={warning} class="problem">
          {warning}
        </p>
      ))}
      <SideFactsTable answer={answer} />
      <Parting left={names[0]} right={names[1]} step={shown} onStep={setStep} />
      <StepControls step={shown} lastStep={lastStep} onStep={setStep} />
      <p class="controls">
        <label>
          <input type="checkbox" checked={against} onChange={(event) => setAgainst(event.currentTarget.checked)} />{" "}
          Memory of the left one against the right one
        </label>
      </p>
      <div class="sides">
        {([left, right] as const).map((side, index) => (
          <OneSide
            key={names[index]}
            title={index === 0 ? "Left" : "Right"}
            place={places[index]!}
            facts={side}
            step={shown}
            onStep={setStep}
            shared={[span, setSpan]}
            end={most + 1}
            withMemory={!against}
          />
        ))}
      </div>
      {against && <SideMemory left={names[0]} right={names[1]} step={shown} />}
    </>
  );
}

function OneSide({
  title,
  place,
  facts,
  step,
  onStep,
  shared,
  end,
  withMemory,
}: {
  title: string;
  place: EpisodePlace;
  facts: SideAnswer["left"];
  step: number;
  onStep: (step: number) => void;
  shared: SpanState;
  end: number;
  withMemory: boolean;
}) {
  const lastStep = Math.max(0, facts.steps - 1);
  const own = Math.min(step, lastStep);
  const { view, fault } = useStep(place, own, lastStep);
  return (
    <section class="side" aria-label={`${title}: ${place.run}`}>
      <header>
        <h2>
          {title}: <a href={`/runs/${place.run}/${place.episode}?step=${own}`}>{place.run}</a>
        </h2>
        <p class="faint">
          {facts.scaffold}, <span class="mono">{facts.model}</span>
        </p>
        <p class={step > lastStep ? "ended badge warn" : "ended faint"} role="status">
          {step > lastStep
            ? `${facts.end === undefined ? "It has come no further" : "It ended before"}: step ${lastStep} is its last`
            : `step ${own}`}
        </p>
      </header>
      <TimelineView place={place} steps={facts.steps} step={step} onStep={onStep} shared={shared} end={end} />
      {fault && <p class="problem">{fault.message}</p>}
      {view && (
        <>
          <Observation place={place} view={view} />
          <Conversation view={view} />
          {withMemory && <Memory place={place} view={view} onStep={onStep} />}
        </>
      )}
    </section>
  );
}

function placeOf({ run, key }: SideAnswer["left"]): EpisodePlace {
  return { run, episode: key };
}
