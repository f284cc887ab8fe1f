/** Episodes of other runs that this one can be laid beside: of the same game, task and seed. Asked for when it is opened. */
import { useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { addressQuery } from "../step-in-address.ts";
import type { EpisodePlace } from "../steps.ts";
import { useAnswer } from "../use-answer.ts";
import { ScaffoldText } from "./scaffold-text.tsx";
import { count, percent, when } from "./texts.ts";
import { Wide } from "./wide.tsx";

export function Beside({ place, step }: { place: EpisodePlace; step: number }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="beside" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Beside another run's episode of this task and seed</summary>
      {open && <Others place={place} step={step} />}
    </details>
  );
}

function Others({ place, step }: { place: EpisodePlace; step: number }) {
  const own = `${place.run}/${place.episode}`;
  const { answer, fault } = useAnswer(own, () =>
    answerOf(api.runs[":run"].episodes[":episode"].beside.$get({ param: place })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading</p>;
  const { episodes, matching } = answer;
  if (matching === 0) return <p class="faint">No other run played this task with this seed.</p>;
  return (
    <>
      <Wide label="Episodes of this task and seed">
        <table>
          <thead>
            <tr>
              <th>Run</th>
              <th>Model</th>
              <th>Specialist</th>
              <th>Scaffold</th>
              <th class="number">Steps</th>
              <th class="number">Score</th>
            </tr>
          </thead>
          <tbody>
            {episodes.map((episode) => (
              <tr key={episode.run}>
                <td>
                  <a class="mono" href={`/side?${sideQuery(own, `${episode.run}/${episode.key}`, step)}`}>
                    {episode.run}
                  </a>
                  <br />
                  <span class="faint">{when(episode.created)}</span>
                </td>
                <td class="mono">{episode.model}</td>
                <td class="mono">{episode.specialist?.slice(0, 12) ?? "-"}</td>
                <td class="scaffold">
                  <ScaffoldText scaffold={episode.scaffold} name={episode.scaffoldName} />
                </td>
                <td class="number">{episode.steps ?? "-"}</td>
                <td class="number">{episode.progress === null ? episode.status : percent(episode.progress)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {matching > episodes.length && (
        <p class="faint">
          The newest {episodes.length} of {count(matching, "episode")}. Any others: compare their runs in the list of
          runs.
        </p>
      )}
    </>
  );
}

export function sideQuery(left: string, right: string, step = 0): string {
  return addressQuery({ left, right, step: String(step) });
}
