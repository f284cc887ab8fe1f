/** One episode: what it is, its time line, its steps, its memory, and searches through it. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type * as v from "valibot";
import type { App } from "../../app/app.ts";
import { lineHistory } from "../../app/episode/line-history.ts";
import type { Pictures } from "../../app/episode/pictures.ts";
import type { EpisodeReaders } from "../../app/episode/readers.ts";
import { searchEpisode } from "../../app/episode/search.ts";
import { stepAnswer } from "../../app/episode/step-answer.ts";
import { episodeOf, episodeTimes, findTarget, type StepRow } from "../../app/inspect.ts";
import { besides } from "../../app/side/besides.ts";
import { Timelines } from "../../app/timeline/timelines.ts";
import { refusal } from "../security.ts";
import { LineQuery, Place, RowsQuery, SearchQuery, Step, searchPatienceMs, TimelineQuery } from "./episode-queries.ts";
import { valid } from "./valid.ts";

export function episodeRoutes(app: App, pictures: Pictures, readers: EpisodeReaders) {
  const timelines = new Timelines(app, readers);
  const readerOf = ({ run, episode }: v.InferOutput<typeof Place>) => readers.open(`${run}/${episode}`);
  return new Hono()
    .get("/", describe("What an episode is, and how far it was played"), valid("param", Place), async (context) => {
      const { run, episode } = context.req.valid("param");
      const target = await findTarget(app, `${run}/${episode}`);
      const name = episodeOf(target);
      const reader = await readers.read(target.run, name);
      const { lastStep, version } = await reader.extent();
      return context.json({
        run: target.run.folder.id,
        ...name,
        ...(await reader.summary()),
        lastStep,
        version,
        times: await episodeTimes(app, target.run, name),
      });
    })
    .get(
      "/beside",
      describe("Episodes of other runs of the same game, task and seed, of the newest runs first"),
      valid("param", Place),
      async (context) => {
        const { run, episode } = context.req.valid("param");
        return context.json(await besides(app, `${run}/${episode}`));
      },
    )
    .get(
      "/timeline",
      describe("Columns of a stretch of steps, drawn into points"),
      valid("param", Place),
      valid("query", TimelineQuery),
      async (context) => {
        const { from, to, points, every } = context.req.valid("query");
        const { run, episode } = context.req.valid("param");
        const asked = { fromStep: from, toStep: to, points, stepsPerPoint: every };
        return context.json(await timelines.of(`${run}/${episode}`, asked));
      },
    )
    .get(
      "/steps",
      describe("A line for each of some steps"),
      valid("param", Place),
      valid("query", RowsQuery),
      async (context) => {
        const { from, count } = context.req.valid("query");
        const rows: StepRow[] = [];
        for await (const row of (await readerOf(context.req.valid("param"))).rows(from)) {
          rows.push(row);
          if (rows.length === count) break;
        }
        return context.json({ rows });
      },
    )
    .get(
      "/steps/:step",
      describe("One step word for word, and the memory folder at its end beside the step before"),
      valid("param", Step),
      async (context) => {
        const { run, episode, step } = context.req.valid("param");
        return context.json(await stepAnswer(await readerOf({ run, episode }), step));
      },
    )
    .get(
      "/pictures/:step",
      describe("The game's own picture of the state at the beginning of a step"),
      valid("param", Step),
      async (context) => {
        const { run, episode, step } = context.req.valid("param");
        const png = await pictures.of(`${run}/${episode}`, step, context.req.raw.signal);
        if (png === undefined) return context.json(refusal("no-picture", "This game draws nothing."), 404);
        context.header("Content-Type", "image/png");
        return context.body(png as Uint8Array<ArrayBuffer>);
      },
    )
    .get(
      "/search",
      describe("Words in what was seen, said, looked up and done"),
      valid("param", Place),
      valid("query", SearchQuery),
      async (context) => {
        const { words, from } = context.req.valid("query");
        const reader = await readerOf(context.req.valid("param"));
        return context.json(
          await searchEpisode(reader, app.clock, {
            words,
            most: 200,
            from,
            patienceMs: searchPatienceMs,
            signal: context.req.raw.signal,
          }),
        );
      },
    )
    .get(
      "/line",
      describe("When a line of memory was written, read and taken away"),
      valid("param", Place),
      valid("query", LineQuery),
      async (context) => {
        const { file, line, from } = context.req.valid("query");
        const reader = await readerOf(context.req.valid("param"));
        return context.json(
          await lineHistory(reader, app.clock, {
            file,
            line,
            from,
            patienceMs: searchPatienceMs,
            signal: context.req.raw.signal,
          }),
        );
      },
    );
}

function describe(summary: string) {
  return describeRoute({ summary, tags: ["episodes"] });
}
