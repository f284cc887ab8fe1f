/** What a campaign is doing now and how its trainings and tests go, out of the lines it wrote. Pure; the page folds further lines as they come. */
import type { ActivityLine, SaidActivity } from "./lines.ts";

type SaidOf<Kind extends SaidActivity["kind"]> = Extract<SaidActivity, { kind: Kind }>;

/** A run that is played for a stage. */
export interface StageRun {
  run: string;
  planned: number;
  finished: number;
  failed: number;
}

export interface Stage {
  /** `collect`, `baseline`, `select`, `confirm`, `report`, `review`, `data`, `train`, `serve`. */
  name: string;
  /** Of the trial, its configuration, or the revision; empty if it is for none. */
  key: string;
  sinceMs: number;
  runs: StageRun[];
  selection: { episodes: number; of: number; chosen: number } | undefined;
}

/** One training, step by step; a step that was done again after an interruption stands once. */
export interface TrainingCourse {
  key: string;
  /** Steps that were told, ascending from 1, and for each its loss and learning rate. */
  steps: number[];
  losses: number[];
  learningRates: number[];
  totalSteps: number | undefined;
  /** `starting`, as the trainer says (`base`, `tokens`, `train`, `save`), `ended`, `failed`. */
  phase: string;
  epoch: number | undefined;
  tokensPerSecond: number | undefined;
  secondsLeft: number | undefined;
  memoryBytes: number | undefined;
  /** Why it failed. */
  failure: string | undefined;
}

/** A test on the confirm seeds, as far as it has come. */
export type GateSoFar = Omit<SaidOf<"gate">, "kind">;

export interface Activity {
  /** Of the last line, milliseconds since 1970; `undefined` if there is none. */
  atMs: number | undefined;
  round: { round: number; rounds: number } | undefined;
  /** `undefined` before anything was begun and after the end. */
  stage: Stage | undefined;
  trainings: TrainingCourse[];
  gates: GateSoFar[];
  /** What the reviewer said last, oldest first. */
  review: string[];
  /** Why the campaign ended. */
  ended: string | undefined;
}

export const noActivity: Activity = {
  ...{ atMs: undefined, round: undefined, stage: undefined, ended: undefined },
  trainings: [],
  gates: [],
  review: [],
};

/** Lines of a reviewer that are held. */
const mostReviewLines = 8;

export function foldActivity(before: Activity, lines: readonly ActivityLine[]): Activity {
  return lines.reduce((activity, { atMs, said }) => ({ ...next(activity, said, atMs), atMs }), copied(before));
}

/** The courses grow in place while lines are folded. */
function copied(activity: Activity): Activity {
  return {
    ...activity,
    trainings: activity.trainings.map((course) => ({
      ...course,
      steps: [...course.steps],
      losses: [...course.losses],
      learningRates: [...course.learningRates],
    })),
  };
}

function next(activity: Activity, said: SaidActivity, atMs: number): Activity {
  switch (said.kind) {
    case "campaign-start":
      // What was done before is gone through again, and told again.
      return { ...noActivity, trainings: activity.trainings };
    case "round-start":
      return { ...activity, round: { round: said.round, rounds: said.rounds } };
    case "phase-start":
      return { ...activity, stage: stageOf(said.phase, said.key, atMs), review: [] };
    case "run-start":
    case "episode":
      return { ...activity, stage: withRun(activity.stage ?? stageOf(said.phase, said.key, atMs), said) };
    case "decided":
      return { ...activity, stage: stageOf("data", said.key, atMs) };
    case "selection": {
      const { episodes, of, chosen } = said;
      const stage = inStage(activity, "data", said.key, atMs);
      return { ...activity, stage: { ...stage, selection: { episodes, of, chosen } } };
    }
    case "training-start":
      return { ...activity, stage: stageOf("train", said.key, atMs), trainings: begun(activity.trainings, said.key) };
    case "training":
      return { ...activity, stage: inStage(activity, "train", said.key, atMs), trainings: trained(activity, said) };
    case "trained":
      return { ...activity, stage: stageOf("serve", said.key, atMs), trainings: ended(activity, said.key, undefined) };
    case "configuration-failed":
      return { ...activity, trainings: ended(activity, said.key, said.reason) };
    case "review":
      return {
        ...activity,
        stage: inStage(activity, "review", said.key, atMs),
        review: [...activity.review, said.line].slice(-mostReviewLines),
      };
    case "gate": {
      const { kind: _, ...gate } = said;
      return { ...activity, gates: [...activity.gates.filter(({ key }) => key !== gate.key), gate] };
    }
    case "outcome":
      return { ...activity, stage: undefined, gates: activity.gates.filter(({ key }) => key !== said.key) };
    case "campaign-end":
      return { ...activity, stage: undefined, ended: said.reason };
    default:
      return activity;
  }
}

function stageOf(name: string, key: string, sinceMs: number): Stage {
  return { name, key, sinceMs, runs: [], selection: undefined };
}

function inStage({ stage }: Activity, name: string, key: string, atMs: number): Stage {
  return stage?.name === name && stage.key === key ? stage : stageOf(name, key, atMs);
}

function withRun(stage: Stage, { run, finished, failed, ...more }: SaidOf<"run-start" | "episode">): Stage {
  const planned = more.kind === "run-start" ? more.planned : undefined;
  const known = stage.runs.find((one) => one.run === run);
  const now: StageRun = { run, planned: planned ?? known?.planned ?? finished + failed, finished, failed };
  return { ...stage, runs: known ? stage.runs.map((one) => (one === known ? now : one)) : [...stage.runs, now] };
}

function begun(trainings: readonly TrainingCourse[], key: string): TrainingCourse[] {
  const known = trainings.find((course) => course.key === key);
  if (known)
    return trainings.map((course) => (course === known ? { ...known, phase: "starting", failure: undefined } : course));
  const nothing = { totalSteps: undefined, epoch: undefined, tokensPerSecond: undefined, secondsLeft: undefined };
  const none = { ...nothing, memoryBytes: undefined, failure: undefined };
  return [...trainings, { key, steps: [], losses: [], learningRates: [], phase: "starting", ...none }];
}

/** A step that is told again goes back to it: an interrupted training goes on from its last checkpoint. */
function trained({ trainings }: Activity, { key, progress }: SaidOf<"training">): TrainingCourse[] {
  const all = trainings.some((course) => course.key === key) ? trainings : begun(trainings, key);
  return all.map((course) => {
    if (course.key !== key) return course;
    if (progress.phase !== "train") return { ...course, phase: progress.phase };
    const { steps, losses, learningRates } = course;
    const place = steps.findLastIndex((step) => step < progress.step) + 1;
    for (const column of [steps, losses, learningRates]) column.length = place;
    steps.push(progress.step);
    losses.push(progress.loss);
    learningRates.push(progress.learningRate);
    return {
      ...course,
      phase: "train",
      totalSteps: progress.totalSteps,
      epoch: progress.epoch,
      tokensPerSecond: progress.tokensPerSecond ?? undefined,
      secondsLeft: progress.secondsLeft ?? undefined,
      memoryBytes: progress.memoryBytes ?? undefined,
    };
  });
}

function ended({ trainings }: Activity, key: string, failure: string | undefined): TrainingCourse[] {
  const phase = failure === undefined ? "ended" : "failed";
  return trainings.map((course) =>
    course.key === key ? { ...course, phase, failure, secondsLeft: undefined } : course,
  );
}
