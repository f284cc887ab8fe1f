/** What every campaign shows of its figures, of whichever loop: its course, its cost, and how memory was used before and after. */
import type { CourseAnswer } from "./course-data.ts";
import { CourseCosts, CoursePlot } from "./course-plot.tsx";
import { FiguresTable } from "./figures-table.tsx";

export interface MemoryAnswer {
  /** What was played on which seeds. */
  title: string;
  heads: string[];
  lines: { name: string; values: string[] }[];
}

export function CampaignMeasures({ course, memory }: { course: CourseAnswer; memory: MemoryAnswer | undefined }) {
  return (
    <>
      <CoursePlot course={course} />
      <h2>Cost</h2>
      <CourseCosts course={course} />
      {memory && (
        <>
          <h2>How memory was used</h2>
          <p class="faint">Before and after, {memory.title}.</p>
          <FiguresTable label="How memory was used" heads={memory.heads} lines={memory.lines} />
        </>
      )}
    </>
  );
}
