/** Where two episodes part: the first step that differs in what was done, what was seen, and what is remembered. Each leads there. */
import { useEffect, useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";

const ask = api.side.differences;

function askOnce(left: string, right: string, from: number, wanted: string) {
  return answerOf(
    ask.$get({ query: { left, right, from: String(from), wanted } } as unknown as Parameters<typeof ask.$get>[0]),
  );
}

type Found = Awaited<ReturnType<typeof askOnce>>["found"];

const kinds = [
  { kind: "observation", noun: "Seen" },
  { kind: "memory", noun: "Remembered" },
  { kind: "action", noun: "Done" },
] as const;

export function Parting({
  left,
  right,
  step,
  onStep,
}: {
  left: string;
  right: string;
  step: number;
  onStep: (step: number) => void;
}) {
  const { found, done, fault } = useFirstDifferences(left, right);
  if (fault !== undefined) return <p class="problem">{fault}</p>;
  return (
    <p class="parting" aria-live="polite">
      <span>First different:</span>
      {kinds.map(({ kind, noun }) => {
        const first = found[kind];
        return (
          <span key={kind}>
            <span class="faint">{noun} </span>
            {first === undefined ? (
              <span>{done ? "never, as far as both went" : "looking"}</span>
            ) : (
              <button type="button" aria-current={first === step ? "step" : undefined} onClick={() => onStep(first)}>
                step {first}
              </button>
            )}
          </span>
        );
      })}
    </p>
  );
}

/** Asks on, for what was not found yet, until all of it is found or both were looked through. */
function useFirstDifferences(left: string, right: string) {
  const [state, setState] = useState<{ found: Found; done: boolean; fault: string | undefined }>(nothing);
  useEffect(() => {
    let wanted = true;
    setState(nothing);
    const look = async () => {
      let found: Found = {};
      for (let from: number | undefined = 0; from !== undefined && wanted; ) {
        const missing = kinds.map(({ kind }) => kind).filter((kind) => found[kind] === undefined);
        const answer: Awaited<ReturnType<typeof askOnce>> = await askOnce(left, right, from, missing.join(","));
        found = { ...found, ...answer.found };
        from = answer.next;
        if (wanted) setState({ found, done: from === undefined, fault: undefined });
      }
    };
    look().catch((fault: Error) => wanted && setState({ ...nothing, fault: fault.message }));
    return () => {
      wanted = false;
    };
  }, [left, right]);
  return state;
}

const nothing = { found: {}, done: false, fault: undefined };
