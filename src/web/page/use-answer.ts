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

/** `key` says what is asked for; another `version` of the same is asked for behind what is shown. */
export function useAnswer<Body>(key: string, ask: () => Promise<Body>, version: string | number = ""): Asked<Body> {
  const [asked, setAsked] = useState<Asked<Body>>({ answer: undefined, fault: undefined, waiting: true });
  const shown = useRef<string | undefined>(undefined);
  // Asked before what is there so far is painted: an answer is what people wait for.
  useLayoutEffect(() => {
    let wanted = true;
    if (shown.current !== key) setAsked((before) => ({ ...before, waiting: true }));
    const show = (change: (before: Asked<Body>) => Asked<Body>) => {
      if (!wanted) return;
      shown.current = key;
      setAsked(change);
    };
    ask().then(
      (answer) => show(() => ({ answer, fault: undefined, waiting: false })),
      (fault: Refused) => {
        if (fault.code !== "unreachable") show((before) => ({ ...before, fault, waiting: false }));
      },
    );
    return () => {
      wanted = false;
    };
  }, [key, version, comebacks.value]);
  return asked;
}
