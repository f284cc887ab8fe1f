/** Each seed as a line from the first run's score to the others': who gained where; seeds that went alike are one line, the thicker the more. Points lead to the episodes. */
import { strands, thickness } from "./paired-strands.ts";
import { count } from "./texts.ts";
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
        {strands(episodes).map(({ from, before, score, seeds }) => (
          <line
            key={`${from} ${before} ${score}`}
            class={score > before ? "better" : score < before ? "worse" : "equal"}
            stroke-width={thickness(seeds)}
            x1={across(from)}
            x2={across(from + 1)}
            y1={up(before)}
            y2={up(score)}
          >
            <title>{`${count(seeds, "seed")}: ${before.toFixed(3)} to ${score.toFixed(3)}`}</title>
          </line>
        ))}
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
