/** What was said while a revision or trial was worked on: turns of a model, answers of its tools, and what else a campaign keeps. Read when it is opened. */
import { useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { useAnswer } from "../use-answer.ts";
import { LongText } from "./long-text.tsx";

export function Transcript({ campaign, part, title }: { campaign: string; part: string; title: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <TranscriptText campaign={campaign} part={part} />}
    </details>
  );
}

function TranscriptText({ campaign, part }: { campaign: string; part: string }) {
  const { answer, fault } = useAnswer(`${campaign}/${part}`, () =>
    answerOf(api.campaigns[":campaign"].transcripts[":key"].$get({ param: { campaign, key: part } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading</p>;
  if (answer.parts.length === 0) return <p class="faint">Nobody was asked: what decides here follows rules.</p>;
  return (
    <>
      {answer.parts.map(({ title, lines }) => (
        <section key={title} class="transcript" aria-label={title}>
          <h3>{title}</h3>
          {lines.map((line, index) => (
            <Line key={index} line={line as unknown as object} />
          ))}
        </section>
      ))}
    </>
  );
}

/** Fields that hold texts are shown as texts; the others as they are kept. */
function Line({ line }: { line: object }) {
  const entries = Object.entries(line).filter(([, value]) => value !== null && value !== "");
  const texts = entries.filter(([, value]) => typeof value === "string" && value.length > 60);
  const rest = entries.filter((entry) => !texts.includes(entry));
  const short = rest
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => `${name} ${String(value)}`);
  const objects = rest.filter(([, value]) => typeof value === "object" && !isEmpty(value));
  const said = "said" in line || "answer" in line;
  return (
    <article class={`message ${said ? "reply" : ""}`}>
      <header class="faint">{short.join(", ")}</header>
      {texts.map(([name, text]) => (
        <details key={name} open={said || String(text).length < 1_500}>
          <summary class="faint">{name}</summary>
          <LongText text={String(text)} />
        </details>
      ))}
      {objects.map(([name, value]) => (
        <details key={name} open={JSON.stringify(value).length < 800}>
          <summary class="faint">{name}</summary>
          <LongText text={JSON.stringify(value, undefined, 2)} />
        </details>
      ))}
    </article>
  );
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
