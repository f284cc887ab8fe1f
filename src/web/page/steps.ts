/**
 * The step that one looks at. While one scrubs, steps are wanted faster than they can be loaded: few are loaded at a time, each is shown when it is
 * there, and the next to be loaded is the one that is wanted then.
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Refused } from "./client.ts";
import { type EpisodePlace, loadStep, type ShownStep } from "./held-steps.ts";
import { comebacks } from "./server.ts";

export type { EpisodePlace, ShownStep } from "./held-steps.ts";

/** A jump may be one of many: what is next to it is loaded when one stays. */
const restMs = 200;
/** Wanted steps on their way at once: while the page shows one, the server is at the next. */
const mostUnderWay = 2;

interface Seeking {
  wanted: number;
  /** Of the steps that more may still come to. */
  version: string;
  /** The last one that was asked for, and how many are on their way. */
  asked: string;
  underWay: number;
  /** Counts what was asked for, and what of that is shown: an answer that was overtaken is left out. */
  turns: number;
  shown: number;
}

/**
 * The step, or one on the way to it until it is there; those next to it are loaded too. `version`: another text whenever something came to the last
 * step of an episode under way, which is then loaded again.
 */
export function useStep(place: EpisodePlace, step: number, lastStep: number, version = "") {
  const [view, setView] = useState<ShownStep>();
  const [fault, setFault] = useState<Refused>();
  const name = `${place.run}/${place.episode}`;
  const seeking = useRef<Seeking>(nothingSought);
  useLayoutEffect(() => {
    const seek = { ...nothingSought, wanted: step };
    seeking.current = seek;
    return () => {
      // What still comes is of another episode, or nobody looks any more.
      seek.wanted = -1;
    };
  }, [name]);
  // Asked before what is there so far is painted.
  useLayoutEffect(() => {
    const seek = seeking.current;
    const far = Math.abs(seek.wanted - step) > 1;
    seek.wanted = step;
    seek.version = versionOf(step);
    load(seek);
    const timer = setTimeout(prefetch, far ? restMs : 0);
    return () => clearTimeout(timer);

    function load(seek: Seeking): void {
      const asked = keyOf(seek);
      if (seek.wanted < 0 || seek.underWay === mostUnderWay || seek.asked === asked) return;
      seek.asked = asked;
      seek.underWay += 1;
      seek.turns += 1;
      const turn = seek.turns;
      const ended = () => {
        seek.underWay -= 1;
        if (seek.asked !== keyOf(seek)) load(seek);
      };
      loadStep(place, seek.wanted, seek.version).then(
        (found) => {
          if (seek.wanted >= 0 && turn > seek.shown) {
            seek.shown = turn;
            setView(found);
            setFault(undefined);
          }
          ended();
        },
        (refused: Refused) => {
          // That the server is away is said once for the whole page.
          const away = refused instanceof Refused && refused.code === "unreachable";
          if (asked === keyOf(seek) && !away) setFault(refused);
          ended();
          // Asked for again when there is a reason to.
          if (seek.asked === asked) seek.asked = "";
        },
      );
    }

    /** What came before the last step does not change any more. */
    function versionOf(one: number): string {
      return one >= lastStep ? version : "";
    }

    function prefetch(): void {
      for (const next of [step + 1, step - 1]) {
        if (next >= 0 && next <= lastStep) loadStep(place, next, versionOf(next)).catch(() => undefined);
      }
    }
  }, [name, step, lastStep, step >= lastStep ? version : "", comebacks.value]);
  return { view, fault };
}

const nothingSought: Seeking = { wanted: 0, version: "", asked: "", underWay: 0, turns: 0, shown: 0 };

function keyOf({ wanted, version }: Seeking): string {
  return `${wanted} ${version}`;
}
