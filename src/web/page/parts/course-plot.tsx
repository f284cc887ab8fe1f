/** How a campaign went: what was accepted, and each candidate, on the select seeds over what was spent; with intervals. The same as a table below. */
import { useState } from "preact/hooks";
import uPlot from "uplot";
import { amount, duration } from "../../../app/units.ts";
import { type CourseAnswer, drawnCourse, type Measure, measures } from "./course-data.ts";
import { Plot } from "./plot.tsx";
import type { PlotColours } from "./plot-colours.ts";
import { count, money, percent } from "./texts.ts";
import { Wide } from "./wide.tsx";

const height = 260;

export function CoursePlot({ course }: { course: CourseAnswer }) {
  const [measure, setMeasure] = useState<Measure>("episodes");
  if (course.accepted.length === 0 && course.tried.length === 0) return null;
  const { data, shape } = drawnCourse(course, measure);
  return (
    <>
      <h2>Course</h2>
      <figure class="course">
        <figcaption class="controls">
          <label>
            Score on the select seeds over{" "}
            <select
              value={measure}
              onChange={(event) => setMeasure(event.currentTarget.value as Measure)}
              aria-label="Over what"
            >
              {(Object.keys(measures) as Measure[]).map((name) => (
                <option key={name} value={name}>
                  {measures[name].title}
                </option>
              ))}
            </select>
          </label>
          <span class="key">
            <span class="swatch line" /> what had to be beaten
          </span>
          <span class="key">
            <span class="swatch good" /> accepted
          </span>
          <span class="key">
            <span class="swatch other" /> tried
          </span>
        </figcaption>
        <Plot
          shape={shape}
          data={data}
          optionsOf={(colours, width) => optionsOf(colours, width, course, measure)}
          label={`Scores of ${count(course.tried.length, "candidate")} and of what was accepted, over ${measures[measure].title}; the table below has the numbers`}
        />
      </figure>
      <p class="faint">
        Bars and band: {course.intervals}. Candidates are chosen by these scores, so they flatter what was chosen; the
        tests on the confirm seeds do not.
      </p>
      <details>
        <summary>Numbers</summary>
        <CourseTable course={course} />
      </details>
    </>
  );
}

function CourseTable({ course }: { course: CourseAnswer }) {
  const rows = [
    ...course.accepted.slice(0, 1).map((start) => ({ ...start, outcome: "what it began with" })),
    ...course.tried,
  ];
  return (
    <Wide label="Course in numbers">
      <table class="compact">
        <thead>
          <tr>
            <th>Key</th>
            <th class="number">Score</th>
            <th class="number">95 %</th>
            <th>Outcome</th>
            <th class="number">Episodes by then</th>
            <th class="number">Tokens</th>
            <th class="number">Time</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, score, outcome, spent }) => (
            <tr key={key}>
              <th scope="row" class="mono">
                {key}
              </th>
              <td class="number">{score.mean === undefined ? "-" : percent(score.mean)}</td>
              <td class="number">
                {score.low === undefined || score.high === undefined
                  ? "too few"
                  : `${percent(score.low)} to ${percent(score.high)}`}
              </td>
              <td>{outcome.replaceAll("-", " ")}</td>
              <td class="number">{amount(spent.episodes)}</td>
              <td class="number">{amount(spent.tokens)}</td>
              <td class="number">{duration(1000 * spent.seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** Where a campaign's means went. */
export function CourseCosts({ course }: { course: CourseAnswer }) {
  const withMoney = course.total.money > 0;
  const rows = [...course.costs, { part: "in all", spent: course.total }];
  return (
    <Wide label="Cost">
      <table class="compact">
        <thead>
          <tr>
            <th>For</th>
            <th class="number">Episodes</th>
            <th class="number">Tokens</th>
            <th class="number">Time</th>
            {withMoney && <th class="number">Money</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ part, spent }) => (
            <tr key={part} class={part === "in all" ? "sum" : undefined}>
              <th scope="row">{partNames[part] ?? <span class="mono">{part}</span>}</th>
              <td class="number">{amount(spent.episodes)}</td>
              <td class="number">{amount(spent.tokens)}</td>
              <td class="number">{duration(1000 * spent.seconds)}</td>
              {withMoney && <td class="number">{money(spent.money)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

const partNames: Readonly<Record<string, string>> = {
  start: "play of what it began with",
  collection: "episodes to learn from",
  report: "the report seeds",
  "in all": "in all",
};

function optionsOf(colours: PlotColours, width: number, course: CourseAnswer, measure: Measure): uPlot.Options {
  const grid = { stroke: colours.line, width: 1 };
  const axis = { stroke: colours.faint, grid, font: "11px system-ui", ticks: { show: false } };
  const { short, textOf } = measures[measure];
  const none = { points: { show: false } };
  return {
    width,
    height,
    padding: [12, 18, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: (_plot, _low, high) => [0, high * 1.04 || 1] }, y: { range: [0, 1] } },
    axes: [
      {
        ...axis,
        incrs: wholeSteps,
        size: 34,
        label: short,
        labelSize: 14,
        labelFont: "11px system-ui",
        values: (_plot, at) => at.map(textOf),
      },
      {
        ...axis,
        size: 48,
        splits: () => [0, 0.25, 0.5, 0.75, 1],
        values: (_plot, at) => at.map((one) => `${100 * one} %`),
      },
    ],
    bands: [{ series: [3, 2], fill: faded(colours.accent) }],
    series: [
      {},
      { stroke: colours.accent, width: 2, paths: stepped(), spanGaps: true, ...none },
      { stroke: "transparent", paths: stepped(), spanGaps: true, ...none },
      { stroke: "transparent", paths: stepped(), spanGaps: true, ...none },
    ],
    hooks: { draw: [(plot) => drawTried(plot, course, measure, colours)] },
  };
}

/** 1, 2, 5, 10, ... */
const wholeSteps = Array.from({ length: 30 }, (_, index) => [1, 2, 5][index % 3]! * 10 ** Math.floor(index / 3));

function stepped(): NonNullable<uPlot.Series["paths"]> {
  return uPlot.paths.stepped!({ align: 1 });
}

function faded(colour: string): string {
  return `color-mix(in srgb, ${colour} 18%, transparent)`;
}

/** A point with a bar for each candidate, and its key. */
function drawTried(plot: uPlot, course: CourseAnswer, measure: Measure, colours: PlotColours): void {
  const { ctx } = plot;
  const ratio = globalThis.devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui`;
  ctx.textAlign = "center";
  ctx.lineWidth = 1.5 * ratio;
  for (const { key, score, outcome, spent } of course.tried) {
    if (score.mean === undefined) continue;
    const colour = outcome === "accepted" ? colours.good : colours.faint;
    const across = plot.valToPos(measures[measure].of(spent), "x", true);
    const up = (value: number) => plot.valToPos(value, "y", true);
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.beginPath();
    if (score.low !== undefined && score.high !== undefined) {
      ctx.moveTo(across, up(score.low));
      ctx.lineTo(across, up(score.high));
    }
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(across, up(score.mean), 4 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    const above = up(score.high ?? score.mean) - 8 * ratio;
    ctx.fillText(key, across, above < 10 * ratio ? up(score.low ?? score.mean) + 16 * ratio : above);
  }
  ctx.restore();
}
