/** Where two episodes part: the first step that differs in what was done, what was seen, and what is remembered. Each leads there. */
import { kindsOfDifference, useFirstDifferences } from "../use-first-differences.ts";

const nouns: Record<(typeof kindsOfDifference)[number], string> = {
  observation: "Seen",
  memory: "Remembered",
  action: "Done",
};

export function Parting({
  left,
  right,
  common,
  live,
  step,
  onStep,
}: {
  left: string;
  right: string;
  /** Steps that both have played. */
  common: number;
  /** More of them may come. */
  live: boolean;
  step: number;
  onStep: (step: number) => void;
}) {
  const { found, done, fault } = useFirstDifferences(left, right, common);
  if (fault !== undefined) return <p class="problem">{fault}</p>;
  return (
    <p class="parting" aria-live="polite">
      <span>First different:</span>
      {kindsOfDifference.map((kind) => {
        const first = found[kind];
        return (
          <span key={kind}>
            <span class="faint">{nouns[kind]} </span>
            {first === undefined ? (
              <span>{done ? (live ? "not yet" : "never, as far as both went") : "looking"}</span>
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
