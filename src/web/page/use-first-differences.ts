/**
 * The first steps in which two episodes differ, by kind. Looked for a part of the traces at a time; where one is under way, what came since is
 * looked through from where the last look ended.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { answerOf, api, Refused } from "./client.ts";
import { comebacks } from "./server.ts";

export const kindsOfDifference = ["observation", "memory", "action"] as const;

const ask = api.side.differences;

function askOnce(left: string, right: string, from: number, wanted: string) {
  return answerOf(
    ask.$get({ query: { left, right, from: String(from), wanted } } as unknown as Parameters<typeof ask.$get>[0]),
  );
}

type Answer = Awaited<ReturnType<typeof askOnce>>;

export interface FoundDifferences {
  /** Step by kind. */
  found: Answer["found"];
  /** Both were looked through, as far as they had come. */
  done: boolean;
  fault: string | undefined;
}

interface Looking {
  wanted: boolean;
  busy: boolean;
  /** More came, or it is to be asked again. */
  more: boolean;
  /** Steps that both had when it was last asked. */
  common: number;
  found: Answer["found"];
  /** Segment to go on from. */
  from: number;
}

const nothing: FoundDifferences = { found: {}, done: false, fault: undefined };

/** Of `RUN/EPISODE` and another; `common`: steps that both have played. */
export function useFirstDifferences(left: string, right: string, common: number): FoundDifferences {
  const [state, setState] = useState(nothing);
  const looking = useRef<Looking>(fresh());
  useEffect(() => {
    const own = fresh();
    looking.current = own;
    setState(nothing);
    return () => {
      own.wanted = false;
    };
  }, [left, right]);
  useEffect(() => {
    const own = looking.current;
    // One that was begun anew has fewer steps than were looked through.
    if (common < own.common) Object.assign(own, { found: {}, from: 0 });
    own.common = common;
    own.more = true;
    if (!own.busy) look(own).catch((fault: unknown) => failed(own, fault));
  }, [left, right, common, comebacks.value]);
  return state;

  async function look(own: Looking): Promise<void> {
    own.busy = true;
    while (own.more && own.wanted) {
      own.more = false;
      for (let next: number | undefined = own.from; next !== undefined; ) {
        const missing = kindsOfDifference.filter((kind) => own.found[kind] === undefined);
        if (missing.length === 0) break;
        const answer: Answer = await askOnce(left, right, next, missing.join(","));
        if (!own.wanted) return;
        own.found = { ...own.found, ...answer.found };
        own.from = answer.next ?? answer.again;
        next = answer.next;
        setState({ found: own.found, done: next === undefined, fault: undefined });
      }
    }
    own.busy = false;
  }

  function failed(own: Looking, fault: unknown): void {
    own.busy = false;
    // That the server is away is said once for the whole page.
    if (!own.wanted || (fault instanceof Refused && fault.code === "unreachable")) return;
    setState({ ...nothing, fault: fault instanceof Error ? fault.message : String(fault) });
  }
}

function fresh(): Looking {
  return { wanted: true, busy: false, more: false, common: 0, found: {}, from: 0 };
}
