/** Words anywhere in the episode, and the steps that have them. */
import { useRef, useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import type { EpisodePlace } from "../steps.ts";

const ask = api.runs[":run"].episodes[":episode"].search;

function askOnce(place: EpisodePlace, words: string, from: number) {
  return answerOf(ask.$get({ param: place, query: { words, from: String(from) } } as Parameters<typeof ask.$get>[0]));
}

type Answer = Awaited<ReturnType<typeof askOnce>>;

const mostShown = 400;

export function SearchBox({ place, onStep }: { place: EpisodePlace; onStep: (step: number) => void }) {
  const [words, setWords] = useState("");
  const [hits, setHits] = useState<Answer["hits"]>();
  const [state, setState] = useState<"idle" | "looking" | "done" | "more">("idle");
  const [fault, setFault] = useState<string>();
  const asked = useRef(0);
  const look = async () => {
    const own = ++asked.current;
    setFault(undefined);
    setHits(undefined);
    if (words.trim() === "") return setState("idle");
    setState("looking");
    const found: Answer["hits"] = [];
    for (let from: number | undefined = 0; from !== undefined; ) {
      const answer: Answer = await askOnce(place, words.trim(), from);
      if (own !== asked.current) return;
      found.push(...answer.hits);
      setHits([...found]);
      from = answer.next;
      if (found.length >= mostShown && from !== undefined) return setState("more");
    }
    setState("done");
  };
  return (
    <search class="find">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look().catch((refused: Error) => {
            setFault(refused.message);
            setState("idle");
          });
        }}
      >
        <label>
          <span class="faint">Find in this episode </span>
          <input type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        </label>{" "}
        <button type="submit">Find</button>{" "}
        <span class="faint" aria-live="polite">
          {hits && `${hits.length} found`}
          {state === "looking" && ", looking on"}
          {state === "more" && ", and more"}
        </span>
      </form>
      {fault && <p class="problem">{fault}</p>}
      {hits && hits.length > 0 && (
        <ol class="hits">
          {hits.map((hit, index) => (
            <li key={index}>
              <button type="button" class="link" onClick={() => onStep(hit.stepIndex)}>
                step {hit.stepIndex}
              </button>{" "}
              <span class="faint">{hit.where}</span>{" "}
              <span class="mono">
                {hit.excerpt.slice(0, hit.start)}
                <mark>{hit.excerpt.slice(hit.start, hit.end)}</mark>
                {hit.excerpt.slice(hit.end)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </search>
  );
}
