/** The two memory folders at a step, the left one against the right one. */
import { useId } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { useAnswer } from "../use-answer.ts";
import { FileLines, type SideWords } from "./file-lines.tsx";

const ask = api.side.memory;

export function SideMemory({
  left,
  right,
  step,
  version,
}: {
  left: string;
  right: string;
  step: number;
  /** Another text whenever something came to the step. */
  version: string;
}) {
  const title = useId();
  const { answer, fault } = useAnswer(
    `${left} ${right} ${step}`,
    () =>
      answerOf(ask.$get({ query: { left, right, step: String(step) } } as unknown as Parameters<typeof ask.$get>[0])),
    version,
  );
  return (
    <section aria-labelledby={title} class="panel">
      <h2 id={title}>Memory at step {step}, left against right</h2>
      {fault && <p class="problem">{fault.message}</p>}
      {answer && (
        <>
          <p class="faint">
            Lines with − are the left one's alone, with + the right one's.
            {answer.memory.length === 0 && " Both folders are empty."}
            {answer.memory.length > 0 &&
              answer.memory.every(({ change }) => change === "same") &&
              " Both remember the same."}
          </p>
          {answer.memory.map((file) => (
            <FileLines key={file.file} file={file} words={words} />
          ))}
        </>
      )}
    </section>
  );
}

const words: SideWords = {
  added: "right only",
  removed: "left only",
  badges: { changed: "differs", new: "right only", removed: "left only" },
};
