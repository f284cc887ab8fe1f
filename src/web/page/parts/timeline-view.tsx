/**
 * The whole episode at a glance: score and gauges, operations by kind, sizes of files, one lane above the other over the same steps. Wheel or
 * + and - zoom, drag or the arrow keys scrub.
 */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { EpisodePlace } from "../steps.ts";
import { useTimeline } from "../use-timeline.ts";
import { type Lane, lanesOf } from "./lanes.ts";
import { coloursOf, type PlotColours, useThemeChanges } from "./plot-colours.ts";

/** Steps that are drawn; `to` is not included. */
export interface Span {
  from: number;
  to: number;
}

/** A span and how it changes: several time lines that have one in common show the same steps. */
export type SpanState = readonly [Span, (change: (before: Span) => Span) => void];

export function TimelineView({
  place,
  steps,
  step,
  onStep,
  shared,
  end = steps + 1,
  grown = "",
}: {
  place: EpisodePlace;
  steps: number;
  step: number;
  onStep: (step: number) => void;
  /** Absent: a span of its own. */
  shared?: SpanState;
  /** Where the time line ends, if not with the episode. */
  end?: number;
  /** Another text whenever the last step of an episode under way has more to draw. */
  grown?: string;
}) {
  const own = useState<Span>({ from: 0, to: end });
  const [span, setSpan] = shared ?? own;
  useEffect(() => own[1]({ from: 0, to: end }), [place.run, place.episode]);
  const endBefore = useRef(end);
  useEffect(() => {
    const before = endBefore.current;
    endBefore.current = end;
    if (end > before) own[1]((said) => withEnd(said, before, end, step >= before - 2));
  }, [end]);
  const answer = useTimeline(place, span, `${steps} ${grown}`);
  const lanes = useMemo(() => (answer === undefined ? [] : lanesOf(answer)), [answer]);
  const zoom = (factor: number, around: number) => setSpan((before) => zoomed(before, factor, around, end));
  return (
    <section class="timeline" aria-label="Time line">
      <div class="zoom">
        <button type="button" onClick={() => zoom(0.5, step)} aria-label="Zoom in">
          +
        </button>
        <button type="button" onClick={() => zoom(2, step)} aria-label="Zoom out">
          −
        </button>
        <button type="button" onClick={() => setSpan(() => ({ from: 0, to: end }))}>
          all
        </button>
        <span class="faint" aria-live="polite">
          steps {span.from} to {Math.min(end - 1, span.to - 1)}
          {answer && answer.known < answer.segments && `, reading ${answer.known} of ${answer.segments} parts`}
        </span>
      </div>
      {lanes.map((lane) => (
        <LaneView key={lane.name} lane={lane} span={span} step={step} onStep={onStep} onZoom={zoom} />
      ))}
      <input
        class="scrub"
        type="range"
        aria-label="Step"
        min={0}
        max={Math.max(0, end - 1)}
        value={step}
        aria-valuetext={`${step}`}
        onInput={(event) => {
          // As long as the plots above it, whose last mark is what the last step led to.
          const last = Math.max(0, end - 2);
          if (event.currentTarget.valueAsNumber > last) event.currentTarget.valueAsNumber = last;
          onStep(event.currentTarget.valueAsNumber);
        }}
      />
    </section>
  );
}

/** A span that reached to the end grows with the episode; zoomed in on the last step, it moves with it. Any other stays. */
export function withEnd(span: Span, before: number, end: number, atLast: boolean): Span {
  if (span.to < before) return span;
  if (span.from === 0) return { from: 0, to: end };
  return atLast ? { from: span.from + (end - before), to: end } : span;
}

function zoomed({ from, to }: Span, factor: number, around: number, end: number): Span {
  const length = Math.min(end, Math.max(10, Math.round((to - from) * factor)));
  const share = (Math.min(Math.max(around, from), to) - from) / (to - from);
  const start = Math.min(Math.max(0, Math.round(around - share * length)), end - length);
  return { from: start, to: start + length };
}

const height = 72;
/** Between two marks of the axis. */
const wholeSteps = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].flatMap((one) => [one, 2 * one, 5 * one]);

function LaneView({
  lane,
  span,
  step,
  onStep,
  onZoom,
}: {
  lane: Lane;
  span: Span;
  step: number;
  onStep: (step: number) => void;
  onZoom: (factor: number, around: number) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useThemeChanges();
  const [plot, setPlot] = useState<uPlot>();
  const handlers = useRef({ onStep, onZoom });
  handlers.current = { onStep, onZoom };
  const shape = lane.series.map(({ label }) => label).join("\n");
  // Drawn before the browser paints: the lanes are what one waits for.
  useLayoutEffect(() => {
    const at = place.current;
    if (at === null) return undefined;
    const drawn = new uPlot(optionsOf(lane, at.clientWidth, coloursOf(at)), lane.data, at);
    setPlot(drawn);
    const stepAt = (event: MouseEvent) =>
      Math.round(drawn.posToVal(event.clientX - drawn.over.getBoundingClientRect().left, "x"));
    const scrub = (event: PointerEvent) => event.buttons === 1 && handlers.current.onStep(stepAt(event));
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      handlers.current.onZoom(event.deltaY > 0 ? 1.25 : 0.8, stepAt(event));
    };
    drawn.over.addEventListener("pointerdown", scrub);
    drawn.over.addEventListener("pointermove", scrub);
    drawn.over.addEventListener("wheel", wheel, { passive: false });
    const resized = new ResizeObserver(() => drawn.setSize({ width: at.clientWidth, height }));
    resized.observe(at);
    return () => {
      resized.disconnect();
      drawn.destroy();
      setPlot(undefined);
    };
  }, [shape, theme]);
  useLayoutEffect(() => {
    plot?.setData(lane.data, false);
    plot?.setScale("x", { min: span.from, max: Math.max(span.from + 1, span.to - 1) });
  }, [plot, lane, span.from, span.to]);
  return (
    <figure class="lane">
      <figcaption>
        {lane.name}
        {lane.series.slice(0, 8).map(({ label, colour }) => (
          <span key={label} class="key">
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect width="10" height="10" rx="2" fill={colour} />
            </svg>
            {label}
          </span>
        ))}
        {lane.left > 0 && <span class="faint">and {lane.left} more</span>}
      </figcaption>
      <div class="plot" ref={place}>
        <StepMark plot={plot} span={span} step={step} />
      </div>
    </figure>
  );
}

/** Where the step stands, as a line over the lane. */
function StepMark({ plot, span, step }: { plot: uPlot | undefined; span: Span; step: number }) {
  if (plot === undefined || step < span.from || step >= span.to) return null;
  const ratio = globalThis.devicePixelRatio;
  const left =
    plot.bbox.left / ratio + ((step - span.from) / Math.max(1, span.to - 1 - span.from)) * (plot.bbox.width / ratio);
  // Moved without laying anything out anew: it moves with every frame while one scrubs.
  return <span class="mark" style={{ transform: `translateX(${left}px)` }} />;
}

function optionsOf(lane: Lane, width: number, { faint, line }: PlotColours): uPlot.Options {
  const grid = { stroke: line, width: 1 };
  return {
    width,
    height,
    padding: [4, 14, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false }, y: lane.range === undefined ? {} : { range: lane.range } },
    axes: [
      { stroke: faint, grid, size: 18, font: "11px system-ui", ticks: { show: false }, incrs: wholeSteps },
      { stroke: faint, grid, size: 48, font: "11px system-ui", splits: lane.splits, ticks: { show: false } },
    ],
    bands: lane.stacked ? lane.series.slice(1).map((_, index) => ({ series: [index + 1, index + 2] })) : [],
    series: [
      {},
      ...lane.series.map(({ label, colour, fill }) => ({
        label,
        stroke: colour,
        width: 1.25,
        ...(fill ? { fill: `${colour}55` } : {}),
        points: { show: false },
        spanGaps: true,
        ...(lane.stepped ? { paths: uPlot.paths.stepped?.({ align: 1 }) } : {}),
      })),
    ],
  } as uPlot.Options;
}
