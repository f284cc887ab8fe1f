/** Asks when it is shown, and again whenever what is asked for changes; an answer that comes too late is left out. */
import { useEffect, useState } from "preact/hooks";
import type { Refused } from "./client.ts";

export interface Asked<Body> {
  /** The last good answer; stays while the next one is awaited. */
  answer: Body | undefined;
  fault: Refused | undefined;
  waiting: boolean;
}

/** `key` says what is asked for: a change of it asks anew. */
export function useAnswer<Body>(key: string, ask: () => Promise<Body>): Asked<Body> {
  const [asked, setAsked] = useState<Asked<Body>>({ answer: undefined, fault: undefined, waiting: true });
  useEffect(() => {
    let wanted = true;
    setAsked((before) => ({ ...before, waiting: true }));
    ask().then(
      (answer) => wanted && setAsked({ answer, fault: undefined, waiting: false }),
      (fault: Refused) => wanted && setAsked((before) => ({ ...before, fault, waiting: false })),
    );
    return () => {
      wanted = false;
    };
  }, [key]);
  return asked;
}
