/** What changed between any two scaffolds of a campaign. */
import { useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { useAnswer } from "../use-answer.ts";
import { Patch } from "./patch.tsx";

interface Choice {
  key: string;
  title: string;
}

/** `choices` in the order in which they were made, the start first. */
export function ScaffoldsBetween({ campaign, choices }: { campaign: string; choices: readonly Choice[] }) {
  const [from, setFrom] = useState(choices[0]?.key ?? "start");
  const [to, setTo] = useState<string>();
  if (choices.length < 2) return null;
  const shown = to ?? "";
  return (
    <>
      <h2>Scaffolds side by side</h2>
      <p class="controls">
        <Chooser label="From" value={from} choices={choices} onChoose={setFrom} />
        <Chooser label="To" value={shown} choices={[{ key: "", title: "choose one" }, ...choices]} onChoose={setTo} />
      </p>
      {shown !== "" && <Between campaign={campaign} from={from} to={shown} />}
    </>
  );
}

function Chooser({
  label,
  value,
  choices,
  onChoose,
}: {
  label: string;
  value: string;
  choices: readonly Choice[];
  onChoose: (key: string) => void;
}) {
  return (
    <label>
      {label}{" "}
      <select aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {choices.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function Between({ campaign, from, to }: { campaign: string; from: string; to: string }) {
  const { answer, fault } = useAnswer(`${campaign} ${from} ${to}`, () =>
    answerOf(api.campaigns[":campaign"].scaffolds.$get({ param: { campaign }, query: { from, to } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading</p>;
  const { hooks, operations, files } = answer;
  const names = [
    ...hooks.added.map((name) => `hook ${name} added`),
    ...hooks.removed.map((name) => `hook ${name} removed`),
    ...operations.added.map((name) => `operation ${name} added`),
    ...operations.removed.map((name) => `operation ${name} removed`),
  ];
  return (
    <section aria-label="Scaffolds side by side" class="panel">
      {files.length === 0 && <p>They are the same.</p>}
      {names.length > 0 && <p>{names.join(", ")}</p>}
      {files.map((file) => (
        <Patch key={file.path} file={file} />
      ))}
    </section>
  );
}
