/** A campaign as a page shows it: what it came to, how it got there, and how memory was used before and after. */
import type { App } from "../app.ts";
import type { OpenCampaign } from "../campaigns.ts";
import type { Course } from "../course/course.ts";
import { evolveCourse } from "../course/evolve-course.ts";
import { trainCourse } from "../course/train-course.ts";
import { type CampaignOverview, campaignOverview, isEvolve } from "../evolve/campaigns.ts";
import { scaffoldMemory } from "../evolve/memory-comparison.ts";
import { type FigureLine, memoryLines } from "../figure-rows.ts";
import { isTrain, type TrainOverview, trainOverview } from "../train/trainings.ts";

/** Two players on the same seeds. */
export interface MemoryBefore {
  title: string;
  heads: [string, string];
  lines: FigureLine[];
}

export type CampaignPage = { course: Course; memory: MemoryBefore | undefined } & (
  | { loop: "evolve"; evolve: CampaignOverview }
  | { loop: "train"; train: TrainOverview }
);

/** Throws `StoreError`. */
export async function campaignPage(app: App, campaign: OpenCampaign): Promise<CampaignPage> {
  if (isEvolve(campaign)) {
    const evolve = await campaignOverview(app, campaign);
    const found = await scaffoldMemory(app, evolve);
    const memory = found && {
      title: `on the ${found.purpose} seeds, ${evolve.start.label} and ${found.key}`,
      heads: ["scaffold it began with", "best scaffold"] as [string, string],
      lines: memoryLines([found.start, found.best]),
    };
    return { loop: "evolve", evolve, memory, course: await evolveCourse(app, campaign, evolve.nodes) };
  }
  if (isTrain(campaign)) {
    const train = await trainOverview(app, campaign);
    const memory = train.memory && {
      title: `on the confirm seeds, ${train.memory.key}`,
      heads: ["base alone", "with specialist"] as [string, string],
      lines: memoryLines([train.memory.base, train.memory.specialist]),
    };
    return { loop: "train", train, memory, course: await trainCourse(app, campaign, train.trials) };
  }
  throw new Error(`Campaign ${campaign.id} is of neither loop.`);
}
