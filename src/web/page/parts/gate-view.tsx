/** A test on the confirm seeds: what each pair differed by, and how the evidence went against what was needed. */
import { points } from "../../../core/points.ts";

interface Gate {
  title: string;
  figures: {
    decision: string;
    reason: string;
    estimate?: number | undefined;
    interval?: [number, number] | undefined;
    level?: number | undefined;
    pairsUsed: number;
    path: { pairs: number; value: number; threshold: number }[];
  };
  pairs: { key: string; candidate: number | null; incumbent: number | null }[];
}

const width = 640;
const height = 150;
const left = 52;
const bottom = 22;

export function GateView({ gate }: { gate: Gate }) {
  const { figures, pairs } = gate;
  return (
    <figure class="gate">
      <figcaption>
        <strong>Test {gate.title}</strong>: {figures.reason}
      </figcaption>
      <Differences pairs={pairs} estimate={figures.estimate} />
      {figures.path.length > 0 && <EvidencePath path={figures.path} level={figures.level} />}
    </figure>
  );
}

function Differences({ pairs, estimate }: { pairs: Gate["pairs"]; estimate: number | undefined }) {
  const across = (index: number) => left + ((index + 0.5) / Math.max(1, pairs.length)) * (width - left - 8);
  const up = (difference: number) => 8 + ((1 - difference) / 2) * (height - 8 - bottom);
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Differences of ${pairs.length} pairs`}
    >
      {[-1, -0.5, 0, 0.5, 1].map((value) => (
        <g key={value} class="grid">
          <line x1={left} x2={width - 8} y1={up(value)} y2={up(value)} />
          <text x={left - 6} y={up(value) + 4} text-anchor="end">
            {points(value)}
          </text>
        </g>
      ))}
      {estimate !== undefined && <line class="estimate" x1={left} x2={width - 8} y1={up(estimate)} y2={up(estimate)} />}
      {pairs.map(({ key, candidate, incumbent }, index) => {
        if (candidate === null || incumbent === null) {
          return (
            <text key={key} class="missing" x={across(index)} y={up(0) - 4} text-anchor="middle">
              ?<title>{key}: missing</title>
            </text>
          );
        }
        const difference = candidate - incumbent;
        const name = difference > 0 ? "better" : difference < 0 ? "worse" : "equal";
        return (
          <g key={key}>
            <line class={name} x1={across(index)} x2={across(index)} y1={up(0)} y2={up(difference)} />
            <circle class={name} cx={across(index)} cy={up(difference)} r="3">
              <title>
                {key}: {points(difference)} points
              </title>
            </circle>
          </g>
        );
      })}
      <text x={left} y={height - 4}>
        differences pair by pair, in points
      </text>
    </svg>
  );
}

/** On a logarithmic scale: a p-value that falls below its threshold accepts. */
export function EvidencePath({ path, level }: { path: Gate["figures"]["path"]; level: number | undefined }) {
  const smallest = Math.min(...path.map(({ value, threshold }) => Math.max(1e-8, Math.min(value, threshold || 1))));
  const lowest = Math.floor(Math.log10(smallest));
  const most = path.at(-1)!.pairs;
  const across = (pairs: number) => left + (pairs / most) * (width - left - 8);
  const up = (value: number) =>
    8 + (Math.log10(Math.min(1, Math.max(1e-8, value))) / Math.min(-1, lowest)) * (height - 8 - bottom);
  const line = (pick: (stage: Gate["figures"]["path"][number]) => number) =>
    path.map((stage) => `${across(stage.pairs).toFixed(1)},${up(pick(stage)).toFixed(1)}`).join(" ");
  const marks = Array.from({ length: 1 - Math.min(-1, lowest) }, (_, power) => 10 ** -power);
  return (
    <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Evidence over ${path.length} looks`}>
      {marks.map((value) => (
        <g key={value} class="grid">
          <line x1={left} x2={width - 8} y1={up(value)} y2={up(value)} />
          <text x={left - 6} y={up(value) + 4} text-anchor="end">
            {value}
          </text>
        </g>
      ))}
      <polyline class="threshold" points={line(({ threshold }) => threshold)} />
      <polyline class="evidence" points={line(({ value }) => value)} />
      {path.map(({ pairs, value }) => (
        <circle key={pairs} cx={across(pairs)} cy={up(value)} r="3">
          <title>
            {pairs} pairs: p = {value.toPrecision(2)}
          </title>
        </circle>
      ))}
      <text x={left} y={height - 4}>
        p-value (line with points) and what accepts (dashed), over pairs
        {level !== undefined && `; this test may err with ${level.toPrecision(2)}`}
      </text>
    </svg>
  );
}
