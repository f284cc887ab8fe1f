/** What a campaign is doing now: its stage, the episodes that are played for it, the training that goes on, the test so far, the reviewer's words. */

import type { ComponentChildren } from "preact";
import type { Activity, Stage, StageRun } from "../../../app/activity/activity.ts";
import { points } from "../../../core/points.ts";
import { useActivity } from "../use-activity.ts";
import { EvidencePath } from "./gate-view.tsx";
import { count } from "./texts.ts";
import { TrainingCourses } from "./training-courses.tsx";

const stages: Readonly<Record<string, (key: string) => string>> = {
  collect: () => "Collecting episodes on the train seeds",
  baseline: () => "Playing the select seeds with what is to be beaten",
  select: (key) => `Comparing ${key} on the select seeds`,
  confirm: (key) => `Testing ${key} on the confirm seeds`,
  report: () => "Playing the report seeds",
  review: (key) => `Review ${key}`,
  data: (key) => `Choosing data for ${key}`,
  train: (key) => `Training ${key}`,
  serve: (key) => `Loading ${key} and comparing its replies`,
};

export function CampaignNow({
  campaign,
  working,
  mostPairs,
}: {
  campaign: string;
  working: boolean;
  /** Of a test on the confirm seeds, where that is bounded. */
  mostPairs: number | undefined;
}) {
  const activity = useActivity(campaign);
  if (activity === undefined || activity.ended !== undefined) return null;
  const { stage, round } = activity;
  if (stage === undefined && activity.trainings.length === 0) return null;
  return (
    <section class="panel now" aria-label="Now">
      {stage && (
        <p class="stage">
          <strong>
            {working ? "" : "It stopped while: "}
            {titleOf(stage)}
          </strong>
          {round && (
            <span class="faint">
              {" "}
              round {round.round} of {round.rounds}
            </span>
          )}
        </p>
      )}
      {stage?.runs.map((run) => (
        <RunBar key={run.run} run={run} />
      ))}
      {stage?.selection && (
        <Bar
          label="Episodes read"
          done={stage.selection.episodes}
          of={stage.selection.of}
          text={`${stage.selection.episodes} of ${count(stage.selection.of, "episode")} read, ${stage.selection.chosen} turns chosen`}
        />
      )}
      <GateNow activity={activity} mostPairs={mostPairs} />
      <TrainingCourses courses={activity.trainings.filter(({ key }) => belongs(key, stage))} />
      {activity.review.length > 0 && <pre class="text">{activity.review.join("\n")}</pre>}
    </section>
  );
}

function titleOf({ name, key }: Stage): string {
  return stages[name]?.(key) ?? `${name} ${key}`;
}

/** `t1.2` is a configuration of the trial `t1`. Trainings of trials before stand in the ledger. */
function belongs(training: string, stage: Stage | undefined): boolean {
  return stage === undefined || training.split(".")[0] === stage.key.split(".")[0];
}

function RunBar({ run: { run, planned, finished, failed } }: { run: StageRun }) {
  const text = `${finished} of ${count(planned, "episode")}${failed > 0 ? `, ${failed} failed` : ""}`;
  return (
    <Bar label={`Episodes of ${run}`} done={finished} of={planned} text={text}>
      <a class="mono" href={`/runs/${run}`}>
        {run}
      </a>
    </Bar>
  );
}

function GateNow({ activity: { gates, stage }, mostPairs }: { activity: Activity; mostPairs: number | undefined }) {
  if (stage?.name !== "confirm") return null;
  const gate = gates.find(({ key }) => key === stage.key);
  const looked = gate?.path.at(-1)?.pairs ?? 0;
  const { value, threshold, kind } = gate?.evidence ?? {};
  return (
    <>
      {mostPairs !== undefined && (
        <Bar
          label="Pairs"
          done={looked}
          of={mostPairs}
          text={`${looked} of at most ${count(mostPairs, "pair")} judged`}
        />
      )}
      {gate && (
        <p class="faint">
          {gate.estimate !== undefined &&
            `So far ${points(gate.estimate)} points over ${count(gate.pairsUsed, "pair")}`}
          {value !== undefined &&
            threshold !== undefined &&
            kind !== "none" &&
            `; ${kind} ${value.toPrecision(2)}, accepted from ${threshold.toPrecision(2)}`}
        </p>
      )}
      {gate && gate.path.length > 0 && <EvidencePath path={gate.path} level={gate.level} />}
    </>
  );
}

/** How much of something is done, as a bar and in words. */
export function Bar({
  label,
  done,
  of,
  text,
  children,
}: {
  label: string;
  done: number;
  of: number;
  text: string;
  children?: ComponentChildren;
}) {
  return (
    <p class="done">
      <progress aria-label={label} max={Math.max(1, of)} value={Math.min(done, of)} /> <span>{text}</span> {children}
    </p>
  );
}
