/** What the game showed, what was done, and what came of it. */
import { useEffect, useId, useState } from "preact/hooks";
import { source } from "../source.ts";
import type { EpisodePlace, ShownStep } from "../steps.ts";
import { LineText, LongText } from "./long-text.tsx";

export function Observation({ place, view }: { place: EpisodePlace; view: ShownStep }) {
  const { observation, action, outcome } = view;
  const title = useId();
  return (
    <section aria-labelledby={title} class="panel">
      <h2 id={title}>Seen at step {view.stepIndex}</h2>
      <Picture place={place} step={view.stepIndex} />
      {observation && (
        <>
          <LongText text={observation.observation.long} />
          {observation.observation.short !== "" && <LongText text={observation.observation.short} />}
        </>
      )}
      <h3>Done</h3>
      {action ? (
        <p>
          <strong class="mono">
            <LineText text={action.action} />
          </strong>
          {action.fallback && <span class="badge warn">fallback: nothing valid was said</span>}
          {outcome?.transition?.valid === false && <span class="badge bad">invalid</span>}
          {outcome?.transition && outcome.transition.executed !== action.action && (
            <span class="badge">played: {outcome.transition.executed}</span>
          )}
          {outcome?.transition && outcome.transition.reward !== 0 && (
            <span class="badge good">reward {outcome.transition.reward}</span>
          )}
        </p>
      ) : (
        <p class="faint">nothing yet</p>
      )}
      {action?.rejections.map(({ action: rejected, reason }, index) => (
        <p key={index} class="faint">
          <span class="mono">
            <LineText text={rejected} />
          </span>{" "}
          was sent back: {reason}
        </p>
      ))}
    </section>
  );
}

/** Drawn by the game, which plays the episode again up to the step: it comes after the text, and once one stays a moment. */
function Picture({ place, step }: { place: EpisodePlace; step: number }) {
  const [shown, setShown] = useState<{ address: string; failed: boolean } | { why: string }>();
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      source()
        .picture(place, step)
        .then((found) => wanted && setShown("address" in found ? { ...found, failed: false } : found))
        .catch(() => wanted && setShown(undefined));
    }, 150);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [place.run, place.episode, step]);
  if (shown === undefined) return null;
  if ("why" in shown) return <p class="faint">{shown.why}</p>;
  if (shown.failed) return null;
  return (
    <img
      class="picture"
      src={shown.address}
      alt={`the game at step ${step}`}
      onError={() => setShown({ ...shown, failed: true })}
    />
  );
}
