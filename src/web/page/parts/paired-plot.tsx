/** Each seed as a line from the first run's score to the others': who gained where. Points lead to the episodes. */
import { Wide } from "./wide.tsx";

interface Episode {
  task: string;
  seed: number;
  scores: readonly (number | null)[];
  keys: readonly (string | null)[];
}

const height = 240;
const top = 12;
const bottom = 26;
const left = 44;
const column = 420;

export function PairedPlot({ runs, episodes }: { runs: readonly string[]; episodes: readonly Episode[] }) {
  const width = left + column * (runs.length - 1) + 24;
  const across = (index: number) => left + index * column;
  const up = (score: number) => top + (1 - score) * (height - top - bottom);
  return (
    <Wide label="Episode by episode">
      {/* biome-ignore lint/a11y/useSemanticElements: there is no such element in SVG. */}
      <svg
        class="paired"
        viewBox={`0 0 ${width} ${height}`}
        style={{ width: `${width}px` }}
        role="group"
        aria-label={`Scores of ${episodes.length} episodes in ${runs.length} runs`}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <g key={share} class="grid">
            <line x1={left} x2={width - 20} y1={up(share)} y2={up(share)} />
            <text x={left - 6} y={up(share) + 4} text-anchor="end">
              {share}
            </text>
          </g>
        ))}
        {episodes.flatMap(({ task, seed, scores }) =>
          scores.slice(1).map((score, index) => {
            const before = scores[index];
            if (score === null || before === null || before === undefined) return null;
            const change = score > before ? "better" : score < before ? "worse" : "equal";
            return (
              <line
                key={`${task}/${seed}/${index}`}
                class={change}
                x1={across(index)}
                x2={across(index + 1)}
                y1={up(before)}
                y2={up(score)}
              />
            );
          }),
        )}
        {episodes.flatMap(({ task, seed, scores, keys }) =>
          scores.map((score, index) =>
            score === null ? null : (
              <a key={`${task}/${seed}/${index}`} href={`/runs/${runs[index]}/${keys[index]}`}>
                <circle cx={across(index)} cy={up(score)} r="4">
                  <title>
                    {task}, seed {seed}: {score.toFixed(3)}
                  </title>
                </circle>
              </a>
            ),
          ),
        )}
        {runs.map((run, index) => (
          <text
            key={run}
            x={across(index) + (index === runs.length - 1 ? 8 : 0)}
            y={height - 8}
            text-anchor={index === 0 ? "start" : index === runs.length - 1 ? "end" : "middle"}
          >
            {run}
          </text>
        ))}
      </svg>
    </Wide>
  );
}
