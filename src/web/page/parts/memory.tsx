/** The memory folder at the step's end, with what changed; a line tells its history. */
import { useEffect, useId, useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import type { EpisodePlace, ShownStep } from "../steps.ts";
import { FileLines, type SideWords } from "./file-lines.tsx";
import { LongText } from "./long-text.tsx";

interface ChosenLine {
  file: string;
  line: string;
}

export function Memory({
  place,
  view,
  onStep,
}: {
  place: EpisodePlace;
  view: ShownStep;
  onStep: (step: number) => void;
}) {
  const [chosen, setChosen] = useState<ChosenLine>();
  const title = useId();
  return (
    <section aria-labelledby={title} class="panel">
      <h2 id={title}>Memory</h2>
      {view.memory.length === 0 && <p class="faint">The folder is empty.</p>}
      {view.memory.map((shown) => (
        <FileLines
          key={shown.file}
          file={shown}
          words={stepWords}
          line={{
            title: "When was this line written, and when was it read?",
            isChosen: (text) => chosen?.file === shown.file && chosen.line === text,
            choose: (line) => setChosen({ file: shown.file, line }),
          }}
        />
      ))}
      {chosen && <History place={place} chosen={chosen} onStep={onStep} onClose={() => setChosen(undefined)} />}
    </section>
  );
}

const stepWords: SideWords = {
  added: "added",
  removed: "removed",
  badges: { changed: "changed", new: "new", removed: "removed" },
};

/** Characters of an address that servers take. */
const mostAsked = 12_000;

const askLine = api.runs[":run"].episodes[":episode"].line;
type Event = Awaited<ReturnType<typeof askOnce>>["events"][number];

function askOnce(place: EpisodePlace, { file, line }: ChosenLine, from: number) {
  return answerOf(
    askLine.$get({ param: place, query: { file, line, from: String(from) } } as Parameters<typeof askLine.$get>[0]),
  );
}

/** Asks on until the whole episode was looked through. */
function useHistory(
  place: EpisodePlace,
  chosen: ChosenLine,
): { events: Event[]; done: boolean; fault: string | undefined } {
  const [history, setHistory] = useState<{ events: Event[]; done: boolean; fault: string | undefined }>({
    events: [],
    done: false,
    fault: undefined,
  });
  useEffect(() => {
    let wanted = true;
    if (encodeURIComponent(chosen.line).length > mostAsked) {
      setHistory({ events: [], done: true, fault: "This line is too long to be looked for." });
      return undefined;
    }
    setHistory({ events: [], done: false, fault: undefined });
    const look = async () => {
      const events: Event[] = [];
      for (let from: number | undefined = 0; from !== undefined && wanted; ) {
        const answer: Awaited<ReturnType<typeof askOnce>> = await askOnce(place, chosen, from);
        events.push(...answer.events);
        from = answer.next;
        if (wanted) setHistory({ events: [...events], done: from === undefined, fault: undefined });
      }
    };
    look().catch((fault: Error) => wanted && setHistory((before) => ({ ...before, done: true, fault: fault.message })));
    return () => {
      wanted = false;
    };
  }, [place.run, place.episode, chosen.file, chosen.line]);
  return history;
}

function History({
  place,
  chosen,
  onStep,
  onClose,
}: {
  place: EpisodePlace;
  chosen: ChosenLine;
  onStep: (step: number) => void;
  onClose: () => void;
}) {
  const { events, done, fault } = useHistory(place, chosen);
  return (
    <aside class="history" aria-label="History of the line" aria-live="polite">
      <header>
        <h3>History of a line</h3>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </header>
      <LongText text={chosen.line} />
      {fault !== undefined && <p class="problem">{fault}</p>}
      <ol>
        {events.map((event, index) => (
          <li key={index}>
            <button type="button" class="link" onClick={() => onStep(event.stepIndex)}>
              step {event.stepIndex}
            </button>{" "}
            <strong>{event.kind}</strong>
            {event.phase && ` in ${event.phase.toUpperCase()}`}
            {event.actor === "scaffold" && event.kind !== "shown" && " by the scaffold"}
            {event.operation && (
              <>
                {": "}
                <span class="mono">{shortened(event.operation)}</span>
              </>
            )}
            {event.action && (
              <>
                {", then "}
                <strong class="mono">{event.action}</strong>
              </>
            )}
          </li>
        ))}
      </ol>
      {!done && <p class="faint">looking through the episode</p>}
      {done && fault === undefined && events.length === 0 && <p class="faint">It was never read.</p>}
    </aside>
  );
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
