/** One episode: a time line of all of it, and one step of it word for word. */

import { useMemo, useRef } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import { stepIn } from "../../episode-address.ts";
import { askAhead, summaryOf } from "../ahead.ts";
import { useWatch } from "../live.ts";
import { Beside } from "../parts/beside.tsx";
import { Conversation } from "../parts/conversation.tsx";
import { FollowSwitch } from "../parts/follow-switch.tsx";
import { Memory } from "../parts/memory.tsx";
import { Observation } from "../parts/observation.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { StepControls } from "../parts/step-controls.tsx";
import { count, percent } from "../parts/texts.ts";
import { TimelineView } from "../parts/timeline-view.tsx";
import { type EpisodePlace, useStep } from "../steps.ts";
import { useAnswer } from "../use-answer.ts";
import { useFollow } from "../use-follow.ts";

export function Episode() {
  const { params } = useRoute();
  const place: EpisodePlace = { run: params.run ?? "", episode: params.episode ?? "" };
  const name = `${place.run}/${place.episode}`;
  const { query } = useLocation();
  // While it is made, before any of its parts asks.
  useMemo(() => askAhead(place, stepIn(query.step)), [name]);
  const watched = useWatch("episode", name);
  const now = watched?.episode;
  const played = watched?.heldBy !== undefined;
  // Asked for again when it begins, ends or fails; how far it has come is told as it comes.
  const state = `${now?.status} ${now?.steps === 0 ? now.version : ""}`;
  const { answer: summary, fault } = useAnswer(
    name,
    () => summaryOf(place),
    // Nothing more comes to a finished one.
    now === undefined || now.status === "finished" ? "" : state,
  );
  const live = summary !== undefined && summary.end === undefined;
  const extent = (live ? now : undefined) ?? summary;
  const { steps = 0, lastStep = 0, progress = 0, version = "" } = extent ?? {};
  const { step: shown, onStep, following, onFollow } = useFollow(extent && lastStep, live);
  if (fault) return <p class="problem">{now?.failure ?? fault.message}</p>;
  if (summary === undefined) return <p class="faint">Loading {name}</p>;
  const { start, end, record } = summary;
  return (
    <>
      <h1>
        <a href={`/runs/${place.run}`}>{place.run}</a> / {start.task}, seed {start.seed}
      </h1>
      <p class="facts">
        <span>{count(steps, "step")}</span>
        <span>score {percent(progress)}</span>
        <span>{end === undefined ? "under way" : `ended: ${end.reason}`}</span>
        {live && played && <span class="badge good">played now</span>}
        <span>
          scaffold {start.scaffold.name} {start.scaffold.version}
        </span>
        {record && <span class="mono">{record.model.name}</span>}
        {record?.specialist && (
          <span class="mono">specialist {record.specialist.adapter?.slice(0, 12) ?? record.specialist.model.name}</span>
        )}
      </p>
      {now?.failure !== undefined && <p class="problem">It failed: {now.failure}</p>}
      <TimelineView place={place} steps={steps} step={shown} onStep={onStep} grown={`${lastStep} ${live}`} />
      <StepControls step={shown} lastStep={lastStep} onStep={onStep}>
        {following !== undefined && <FollowSwitch following={following} onFollow={onFollow} />}
      </StepControls>
      <SearchBox place={place} onStep={onStep} />
      <Beside place={place} step={shown} />
      <OneStep
        key={name}
        place={place}
        step={shown}
        lastStep={lastStep}
        version={live ? version : ""}
        onStep={onStep}
      />
    </>
  );
}

/** By itself: while one scrubs, other steps are wanted more often than one comes. */
function OneStep({
  place,
  step,
  lastStep,
  version,
  onStep,
}: {
  place: EpisodePlace;
  step: number;
  lastStep: number;
  version: string;
  onStep: (step: number) => void;
}) {
  const { view, fault } = useStep(place, step, lastStep, version);
  const going = useRef(onStep);
  going.current = onStep;
  // Made once for each that comes.
  const shown = useMemo(
    () =>
      view && (
        <div class="step">
          <Observation place={place} view={view} />
          <Conversation view={view} />
          <Memory place={place} view={view} onStep={(wanted) => going.current(wanted)} />
        </div>
      ),
    [place.run, place.episode, view],
  );
  return (
    <>
      {fault && <p class="problem">{fault.message}</p>}
      {shown}
    </>
  );
}
