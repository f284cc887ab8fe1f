/** Scores of episodes as a small line: left to right by task and seed, bottom to top from 0 to 1. */

const width = 120;
const height = 24;
const margin = 2;

export function Sparkline({ scores, label }: { scores: readonly number[]; label: string }) {
  if (scores.length === 0) return <span class="faint">none yet</span>;
  const across = (index: number) =>
    margin + (scores.length === 1 ? 0.5 : index / (scores.length - 1)) * (width - 2 * margin);
  const up = (score: number) => height - margin - score * (height - 2 * margin);
  const points = scores.map((score, index) => `${across(index).toFixed(1)},${up(score).toFixed(1)}`);
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {points.length === 1 ? (
        <circle cx={across(0)} cy={up(scores[0]!)} r="2.5" />
      ) : (
        <path d={`M${points.join("L")}`} vector-effect="non-scaling-stroke" />
      )}
    </svg>
  );
}
