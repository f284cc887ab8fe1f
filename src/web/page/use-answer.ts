/** Asks when it is shown, and again whenever what is asked for changes; an answer that comes too late is left out. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Refused } from "./client.ts";
import { comebacks } from "./server.ts";

export interface Asked<Body> {
  /** The last good answer; stays while the next one is awaited, and while the server is away. */
  answer: Body | undefined;
  /** Why there is no answer. That the server is away is said once for the whole page (parts/server-notice.tsx), not here. */
  fault: Refused | undefined;
  /** True while something else is asked for than is shown, not while the same is asked for again. */
  waiting: boolean;
}

/** What was asked last. */
interface Turn {
  key: string;
  comebacks: number;
  /** That was known when it was asked for; then that of the answer, where it says. */
  version: string | number;
  pending: boolean;
}

/**
 * `key` says what is asked for; another `version` of the same is asked for behind what is shown. Where an answer says itself which version it is
 * (`versionOf`), the same one is not asked for again: what tells of versions may tell of the first one only after it was asked for.
 */
export function useAnswer<Body>(
  key: string,
  ask: () => Promise<Body>,
  version: string | number = "",
  versionOf?: (answer: Body) => string | number,
): Asked<Body> {
  const [asked, setAsked] = useState<Asked<Body>>({ answer: undefined, fault: undefined, waiting: true });
  const shown = useRef<string | undefined>(undefined);
  const turn = useRef<Turn | undefined>(undefined);
  const latest = useRef(version);
  latest.current = version;
  const begin = (wanted: string | number) => {
    const mine: Turn = { key, comebacks: comebacks.value, version: wanted, pending: true };
    turn.current = mine;
    if (shown.current !== key) setAsked((before) => ({ ...before, waiting: true }));
    const show = (change: (before: Asked<Body>) => Asked<Body>) => {
      shown.current = key;
      setAsked(change);
    };
    ask().then(
      (answer) => {
        if (turn.current !== mine) return;
        mine.pending = false;
        show(() => ({ answer, fault: undefined, waiting: false }));
        if (versionOf === undefined) return;
        mine.version = versionOf(answer);
        // Told of while this was on its way: asked for once, whatever that answer says it is.
        if (latest.current !== mine.version && latest.current !== wanted) begin(latest.current);
      },
      (fault: Refused) => {
        if (turn.current !== mine) return;
        mine.pending = false;
        if (fault.code !== "unreachable") show((before) => ({ ...before, fault, waiting: false }));
      },
    );
  };
  // Asked before what is there so far is painted: an answer is what people wait for.
  useLayoutEffect(() => {
    const last = turn.current;
    const isSame = last !== undefined && last.key === key && last.comebacks === comebacks.value;
    if (isSame && versionOf !== undefined && (last.pending || last.version === version)) return;
    begin(version);
  }, [key, version, comebacks.value]);
  useLayoutEffect(
    () => () => {
      turn.current = undefined;
    },
    [],
  );
  return asked;
}
