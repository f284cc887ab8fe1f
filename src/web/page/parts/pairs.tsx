/** The seeds that two or more of the compared runs played, each with a way to see two of its episodes step by step. */
import { sideQuery } from "./beside.tsx";
import { percent } from "./texts.ts";
import { Wide } from "./wide.tsx";

interface Episode {
  task: string;
  seed: number;
  scores: readonly (number | null)[];
  keys: readonly (string | null)[];
}

const mostShown = 200;

/** Each run beside the first. */
export function Pairs({ runs, episodes }: { runs: readonly string[]; episodes: readonly Episode[] }) {
  const [first = "", ...others] = runs;
  const played = ({ scores, keys }: Episode, index: number) => scores[index] != null && keys[index] != null;
  const paired = episodes.filter((episode) => played(episode, 0) && others.some((_, at) => played(episode, at + 1)));
  if (paired.length === 0) return null;
  return (
    <details open={paired.length <= 20}>
      <summary>Step by step, each seed beside the first run's</summary>
      <Wide label="Pairs of episodes">
        <table class="pairs">
          <thead>
            <tr>
              <th>Task</th>
              <th class="number">Seed</th>
              <th class="number">
                <span class="mono">{first}</span>
              </th>
              {others.map((run) => (
                <th key={run} class="number">
                  <span class="mono">{run}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {paired.slice(0, mostShown).map((episode) => (
              <tr key={`${episode.task}/${episode.seed}`}>
                <td>{episode.task}</td>
                <td class="number">{episode.seed}</td>
                <td class="number">{percent(episode.scores[0]!)}</td>
                {others.map((run, at) => (
                  <td key={run} class="number">
                    {played(episode, at + 1) ? (
                      <a href={`/side?${sideQuery(`${first}/${episode.keys[0]}`, `${run}/${episode.keys[at + 1]}`)}`}>
                        {percent(episode.scores[at + 1]!)}, side by side
                        <span class="unseen">
                          : {episode.task}, seed {episode.seed}
                        </span>
                      </a>
                    ) : (
                      "-"
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {paired.length > mostShown && (
        <p class="faint">
          The first {mostShown} of {paired.length}; the points of the plot lead to the others.
        </p>
      )}
    </details>
  );
}
