/** Trainings as they go: how far each has come, and its loss and learning rate by step. */
import type { TrainingCourse } from "../../../app/activity/activity.ts";
import { bytesText, duration } from "../../../app/units.ts";

const width = 640;
const height = 150;
const left = 52;
const bottom = 22;
const names = ["first", "second"] as const;

const phases: Readonly<Record<string, string>> = {
  starting: "starting",
  base: "reading the base",
  tokens: "reading the dataset",
  save: "saving",
  ended: "ended",
  failed: "failed",
};

export function TrainingCourses({ courses }: { courses: readonly TrainingCourse[] }) {
  if (courses.length === 0) return null;
  return (
    <div class="courses">
      {courses.map((course) => (
        <CourseFacts key={course.key} course={course} />
      ))}
      <Curves title="Loss by step" courses={courses} pick={({ losses }) => losses} digits={3} />
      <Curves title="Learning rate by step" courses={courses} pick={({ learningRates }) => learningRates} digits={6} />
    </div>
  );
}

function CourseFacts({ course }: { course: TrainingCourse }) {
  const { key, steps, losses, learningRates, totalSteps, phase, tokensPerSecond, secondsLeft, memoryBytes } = course;
  const step = steps.at(-1) ?? 0;
  const facts = [
    totalSteps === undefined ? phases[phase] : `step ${step} of ${totalSteps}`,
    ...(totalSteps !== undefined && phases[phase] !== undefined ? [phases[phase]] : []),
    ...(losses.length > 0
      ? [`loss ${losses.at(-1)!.toFixed(3)}`, `learning rate ${learningRates.at(-1)!.toPrecision(3)}`]
      : []),
    ...(tokensPerSecond === undefined || phase === "ended"
      ? []
      : [`${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`]),
    ...(memoryBytes === undefined ? [] : [`${bytesText(memoryBytes)} of memory`]),
    ...(secondsLeft === undefined || secondsLeft === 0 ? [] : [`about ${duration(1000 * secondsLeft)} left`]),
  ];
  return (
    <p class="done">
      <progress aria-label={`Training ${key}`} max={totalSteps ?? 1} value={Math.min(step, totalSteps ?? 0)} />{" "}
      <strong>{key}</strong> <span>{facts.join(", ")}</span>
      {course.failure !== undefined && <span class="problem"> {course.failure}</span>}
    </p>
  );
}

/** From 0 to the last step there will be, so that the picture does not move while it fills. */
function Curves({
  title,
  courses,
  pick,
  digits,
}: {
  title: string;
  courses: readonly TrainingCourse[];
  pick: (course: TrainingCourse) => readonly number[];
  digits: number;
}) {
  const drawn = courses.filter(({ steps }) => steps.length > 0);
  if (drawn.length === 0) return null;
  const most = drawn.flatMap((course) => [...pick(course)]).reduce((one, other) => Math.max(one, other), 0) || 1;
  const last = Math.max(...drawn.map(({ steps, totalSteps }) => totalSteps ?? steps.at(-1)!), 2);
  const across = (step: number) => left + ((step - 1) / (last - 1)) * (width - left - 8);
  const up = (value: number) => 8 + (1 - value / most) * (height - 8 - bottom);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
        {[0, most / 2, most].map((value) => (
          <g key={value} class="grid">
            <line x1={left} x2={width - 8} y1={up(value)} y2={up(value)} />
            <text x={left - 6} y={up(value) + 4} text-anchor="end">
              {shortNumber(value, digits)}
            </text>
          </g>
        ))}
        {drawn.map((course, index) => {
          const values = pick(course);
          const end = values.length - 1;
          const name = names[index] ?? "second";
          return (
            <g key={course.key}>
              <polyline
                class={`loss ${name}`}
                points={values
                  .map((value, at) => `${across(course.steps[at]!).toFixed(1)},${up(value).toFixed(1)}`)
                  .join(" ")}
              >
                <title>{course.key}</title>
              </polyline>
              <circle class={`loss ${name}`} cx={across(course.steps[end]!)} cy={up(values[end]!)} r="3" />
            </g>
          );
        })}
        <text x={left} y={height - 4}>
          steps 1 to {last}: {drawn.map(({ key }) => key).join(", ")}
        </text>
      </svg>
    </figure>
  );
}

function shortNumber(value: number, digits: number): string {
  return value === 0 ? "0" : value < 0.01 ? value.toExponential(1) : value.toFixed(Math.min(digits, 3));
}
