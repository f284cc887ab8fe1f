/** The loss of each step of each configuration. */
const width = 640;
const height = 160;
const left = 44;
const bottom = 22;
const names = ["first", "second"] as const;

export function LossPlot({ losses }: { losses: Readonly<Record<string, readonly number[]>> }) {
  const lines = Object.entries(losses).filter(([, values]) => values.length > 0);
  if (lines.length === 0) return null;
  const most = Math.max(...lines.flatMap(([, values]) => values));
  const steps = Math.max(...lines.map(([, values]) => values.length));
  const across = (step: number) => left + (steps === 1 ? 0.5 : step / (steps - 1)) * (width - left - 8);
  const up = (loss: number) => 8 + (1 - loss / most) * (height - 8 - bottom);
  return (
    <figure>
      <figcaption>Loss by step</figcaption>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Loss over ${steps} steps`}>
        {[0, most / 2, most].map((value) => (
          <g key={value} class="grid">
            <line x1={left} x2={width - 8} y1={up(value)} y2={up(value)} />
            <text x={left - 6} y={up(value) + 4} text-anchor="end">
              {value.toFixed(2)}
            </text>
          </g>
        ))}
        {lines.map(([key, values], index) => (
          <polyline
            key={key}
            class={`loss ${names[index] ?? "second"}`}
            points={values.map((value, step) => `${across(step).toFixed(1)},${up(value).toFixed(1)}`).join(" ")}
          >
            <title>{key}</title>
          </polyline>
        ))}
        <text x={left} y={height - 4}>
          {lines.map(([key, values]) => `${key}: ${values.length} steps, last ${values.at(-1)!.toFixed(3)}`).join("; ")}
        </text>
      </svg>
    </figure>
  );
}
