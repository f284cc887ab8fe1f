/** Two episodes in lock-step: one step number for both. One that ended before stays at its last step. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { EpisodeNow } from "../../../app/live/run-watch.ts";
import { answerOf, api } from "../client.ts";
import { useWatch } from "../live.ts";
import { Conversation } from "../parts/conversation.tsx";
import { FollowSwitch } from "../parts/follow-switch.tsx";
import { Memory } from "../parts/memory.tsx";
import { Observation } from "../parts/observation.tsx";
import { Parting } from "../parts/parting.tsx";
import { type SideAnswer, SideFactsTable } from "../parts/side-facts.tsx";
import { SideMemory } from "../parts/side-memory.tsx";
import { StepControls } from "../parts/step-controls.tsx";
import { type Span, type SpanState, TimelineView, withEnd } from "../parts/timeline-view.tsx";
import { source } from "../source.ts";
import { type EpisodePlace, useStep } from "../steps.ts";
import { useAnswer } from "../use-answer.ts";
import { useFollow } from "../use-follow.ts";

export function Side() {
  const { query } = useLocation();
  const { left = "", right = "" } = query;
  const now = [useEpisodeNow(left), useEpisodeNow(right)] as const;
  // Asked for again when one begins, ends or fails; how far they have come is told as it comes.
  const states = now.map((one) => one && `${one.status} ${one.steps === 0 ? one.version : ""}`).join();
  const { answer, fault } = useAnswer(
    `${left} ${right}`,
    () => answerOf(api.side.$get({ query: { left, right } })),
    states,
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
  return <Both key={`${left} ${right}`} answer={withNow(answer, now)} now={now} />;
}

/** As it is told while it is under way; `undefined` until something was said. */
function useEpisodeNow(name: string): EpisodeNow | undefined {
  return useWatch("episode", name === "" ? undefined : name)?.episode;
}

type Now = readonly [EpisodeNow | undefined, EpisodeNow | undefined];

/** The two as far as they have come now. */
function withNow({ left, right, ...others }: SideAnswer, [leftNow, rightNow]: Now): SideAnswer {
  return { ...others, left: grown(left, leftNow), right: grown(right, rightNow) };
}

function grown(side: SideAnswer["left"], now: EpisodeNow | undefined): SideAnswer["left"] {
  if (now === undefined || !isLive(side)) return side;
  const { steps, lastStep, progress, version } = now;
  return { ...side, steps, lastStep, progress, version };
}

/** More may come. */
function isLive({ end }: SideAnswer["left"]): boolean {
  return end === undefined && source().copy === undefined;
}

function Both({ answer, now }: { answer: SideAnswer; now: Now }) {
  const { left, right, warnings } = answer;
  const places = [placeOf(left), placeOf(right)] as const;
  const names = places.map(({ run, episode }) => `${run}/${episode}`) as [string, string];
  const live = [left, right].filter(isLive);
  const lastStep = Math.max(left.lastStep, right.lastStep);
  // Of two under way the one that is further on is followed; beside one that ended, the one that goes on.
  const newest = live.length === 0 ? lastStep : Math.max(...live.map((side) => side.lastStep));
  const { step: shown, onStep: setStep, following, onFollow } = useFollow(newest, live.length > 0, lastStep);
  const end = Math.max(left.steps, right.steps) + 1;
  const shared = useSharedSpan(end, shown);
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
      <Parting
        left={names[0]}
        right={names[1]}
        common={Math.min(left.steps, right.steps)}
        live={live.length > 0}
        step={shown}
        onStep={setStep}
      />
      <StepControls step={shown} lastStep={lastStep} onStep={setStep}>
        {following !== undefined && <FollowSwitch following={following} onFollow={onFollow} />}
      </StepControls>
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
            failure={now[index]?.failure}
            shared={shared}
            end={end}
            withMemory={!against}
          />
        ))}
      </div>
      {against && (
        <SideMemory
          left={names[0]}
          right={names[1]}
          step={shown}
          version={[left, right].map((side) => (shown >= side.lastStep ? side.version : "")).join()}
        />
      )}
    </>
  );
}

function OneSide({
  title,
  place,
  facts,
  failure,
  step,
  onStep,
  shared,
  end,
  withMemory,
}: {
  title: string;
  place: EpisodePlace;
  facts: SideAnswer["left"];
  /** Why it failed. */
  failure: string | undefined;
  step: number;
  onStep: (step: number) => void;
  shared: SpanState;
  end: number;
  withMemory: boolean;
}) {
  const { lastStep } = facts;
  const live = isLive(facts);
  const own = Math.min(step, lastStep);
  const { view, fault } = useStep(place, own, lastStep, live ? facts.version : "");
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
      {live && failure !== undefined && <p class="problem">It failed: {failure}</p>}
      <TimelineView
        place={place}
        steps={facts.steps}
        step={step}
        onStep={onStep}
        shared={shared}
        end={end}
        grown={`${lastStep} ${live}`}
      />
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

/** The steps that both time lines show. Grows as the longer one does, if it is shown to its end. */
function useSharedSpan(end: number, step: number): SpanState {
  const [span, setSpan] = useState<Span>({ from: 0, to: end });
  const endBefore = useRef(end);
  useEffect(() => {
    const before = endBefore.current;
    endBefore.current = end;
    if (end > before) setSpan((said) => withEnd(said, before, end, step >= before - 2));
    if (end < before) setSpan({ from: 0, to: end });
  }, [end]);
  return [span, setSpan];
}

function placeOf({ run, key }: SideAnswer["left"]): EpisodePlace {
  return { run, episode: key };
}
