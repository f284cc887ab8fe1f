/** One episode: a time line of all of it, and one step of it word for word. */

import { useRoute } from "preact-iso";
import { answerOf, api } from "../client.ts";
import { changes } from "../live.ts";
import { Beside } from "../parts/beside.tsx";
import { Conversation } from "../parts/conversation.tsx";
import { Memory } from "../parts/memory.tsx";
import { Observation } from "../parts/observation.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { StepControls } from "../parts/step-controls.tsx";
import { count, percent } from "../parts/texts.ts";
import { TimelineView } from "../parts/timeline-view.tsx";
import { useStepInAddress } from "../step-in-address.ts";
import { type EpisodePlace, useStep } from "../steps.ts";
import { useAnswer } from "../use-answer.ts";

export function Episode() {
  const { params } = useRoute();
  const place: EpisodePlace = { run: params.run ?? "", episode: params.episode ?? "" };
  const name = `${place.run}/${place.episode}`;
  const { answer: summary, fault } = useAnswer(`${name} ${changes.runs.value}`, () =>
    answerOf(api.runs[":run"].episodes[":episode"].$get({ param: place })),
  );
  const [step, setStep] = useStepInAddress();
  const lastStep = Math.max(0, (summary?.steps ?? 1) - 1);
  const shown = Math.min(step, lastStep);
  const { view, fault: stepFault } = useStep(place, shown, lastStep);
  if (fault) return <p class="problem">{fault.message}</p>;
  if (summary === undefined) return <p class="faint">Loading {name}</p>;
  const { start, end, record } = summary;
  return (
    <>
      <h1>
        <a href={`/runs/${place.run}`}>{place.run}</a> / {start.task}, seed {start.seed}
      </h1>
      <p class="facts">
        <span>{count(summary.steps, "step")}</span>
        <span>score {percent(summary.progress)}</span>
        <span>{end === undefined ? "under way" : `ended: ${end.reason}`}</span>
        <span>
          scaffold {start.scaffold.name} {start.scaffold.version}
        </span>
        {record && <span class="mono">{record.model.name}</span>}
        {record?.specialist && (
          <span class="mono">specialist {record.specialist.adapter?.slice(0, 12) ?? record.specialist.model.name}</span>
        )}
      </p>
      <TimelineView place={place} steps={summary.steps} step={shown} onStep={setStep} />
      <StepControls step={shown} lastStep={lastStep} onStep={setStep} />
      <SearchBox place={place} onStep={setStep} />
      <Beside place={place} step={shown} />
      {stepFault && <p class="problem">{stepFault.message}</p>}
      {view && (
        <div class="step">
          <Observation place={place} view={view} />
          <Conversation view={view} />
          <Memory place={place} view={view} onStep={setStep} />
        </div>
      )}
    </>
  );
}
