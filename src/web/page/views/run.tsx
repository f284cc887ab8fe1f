/** One run: what it was, how it went, and its episodes. */

import { useLocation, useRoute } from "preact-iso";
import type { EpisodeNow } from "../../../app/live/run-watch.ts";
import type { EpisodeLine } from "../../../app/web/episode-filter.ts";
import { commandText } from "../../../core/shell-words.ts";
import { episodeQueryParts, onlyKnown, type Query, queryText } from "../../list-address.ts";
import { answerOf, api } from "../client.ts";
import { useWatch } from "../live.ts";
import { Pager } from "../parts/pager.tsx";
import { TableHead } from "../parts/table-head.tsx";
import { count, percent, when } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { WorkButtons } from "../parts/work.tsx";
import { useAnswer } from "../use-answer.ts";

const columns = [
  { title: "Task", sort: "task" },
  { title: "Seed", sort: "seed", number: true },
  { title: "State", sort: "state" },
  { title: "Steps", sort: "steps", number: true },
  { title: "Score", sort: "score", number: true },
] as const;
const asPlanned = { sort: "planned", order: "up" } as const;
const states = ["finished", "failed", "under way", "not started"] as const;
const pageEpisodes = 50;

export function Run() {
  const { params } = useRoute();
  const { query, path, route } = useLocation();
  const choose = (changes: Query) =>
    route(`${path}${queryText({ ...query, offset: "", ...changes }, episodeQueryParts)}`, true);
  const run = params.run ?? "";
  const now = useWatch("run", run)?.run;
  const { answer, fault } = useAnswer(
    `${run} ${JSON.stringify(query)}`,
    () => answerOf(api.runs[":run"].$get({ param: { run }, query: onlyKnown(query, episodeQueryParts) })),
    now === undefined ? "" : standingOf(now),
    standingOf,
  );
  const playing = new Map(now?.playing.map((episode) => [episode.key, episode]));
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {run}</p>;
  const { record, progression } = answer;
  const heldBy = now === undefined ? answer.heldBy : now.heldBy;
  return (
    <>
      <h1>{answer.id}</h1>
      <p class="facts">
        <span>{when(answer.created)}</span>
        <span>
          {record.game.name} {record.game.version}
        </span>
        <span class="mono">{record.model.name}</span>
        {record.specialist && (
          <span class="mono">specialist {record.specialist.adapter?.slice(0, 12) ?? record.specialist.model.name}</span>
        )}
        <span>
          scaffold {answer.scaffold} <span class="mono faint">{record.scaffold.slice(0, 12)}</span>
        </span>
        {heldBy !== undefined ? (
          <span class="badge good">played now</span>
        ) : (
          answer.counts.finished < answer.total && <span class="badge">stopped</span>
        )}
      </p>
      <WorkButtons id={answer.id} working={heldBy !== undefined} owed={answer.counts.finished < answer.total} />
      <p>
        <code class="mono">{commandText(answer.commandLine)}</code>
      </p>
      <p>
        {progression.mean === undefined ? "No episode is finished" : `Score ${percent(progression.mean)}`}
        {progression.low !== undefined &&
          progression.high !== undefined &&
          ` (95 %: ${percent(progression.low)} to ${percent(progression.high)})`}
        {", "}
        {count(answer.total, "episode")}
        {states.slice(1).map((state) => answer.counts[state] > 0 && `, ${answer.counts[state]} ${state}`)}
      </p>
      {(answer.total > 10 || answer.matching < answer.total) && (
        <search class="filters">
          <label>
            Search
            <input
              type="search"
              value={query.search ?? ""}
              onInput={(event) => choose({ search: event.currentTarget.value })}
            />
          </label>
          <label>
            State
            <select value={query.state ?? ""} onChange={(event) => choose({ state: event.currentTarget.value })}>
              <option value="">all</option>
              {states.map((state) => (
                <option key={state} value={state}>
                  {state}
                </option>
              ))}
            </select>
          </label>
          {answer.matching < answer.total && (
            <span class="faint" aria-live="polite">
              {answer.matching} of {count(answer.total, "episode")}
            </span>
          )}
        </search>
      )}
      <Wide label="Episodes">
        <table>
          <thead>
            <tr>
              <TableHead columns={columns} query={query} first={asPlanned} onChoose={choose} />
            </tr>
          </thead>
          <tbody>
            {answer.episodes
              .map((listed) => withNews(listed, playing))
              .map((episode) => (
                <tr key={episode.key}>
                  <td>
                    {episode.steps > 0 || episode.status === "finished" ? (
                      <a href={`/runs/${answer.id}/${episode.key}`}>{episode.task}</a>
                    ) : (
                      episode.task
                    )}
                  </td>
                  <td class="number">{episode.seed}</td>
                  <td>
                    {episode.status}
                    {episode.failure && <div class="problem">{episode.failure.message}</div>}
                  </td>
                  <td class="number">{episode.steps}</td>
                  <td class="number">{episode.progress === undefined ? "-" : percent(episode.progress)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </Wide>
      <Pager
        offset={Number(query.offset) || 0}
        limit={Number(query.limit) || pageEpisodes}
        matching={answer.matching}
        onOffset={(offset) => choose({ offset: String(offset) })}
      />
    </>
  );
}

/** Another text where the list may be another. */
function standingOf({ states, heldBy }: { states: string; heldBy?: number | undefined }): string {
  return `${states} ${heldBy}`;
}

/** As far as it has come since the list was made. One that ended since is listed anew. */
function withNews(listed: EpisodeLine, playing: ReadonlyMap<string, EpisodeNow>): EpisodeLine {
  const now = playing.get(listed.key);
  if (now === undefined || now.status === "finished" || listed.status === "finished") return listed;
  const { status, steps, progress, failure } = now;
  return {
    ...listed,
    status,
    steps,
    progress: steps > 0 ? progress : listed.progress,
    failure: failure === undefined ? undefined : { message: failure },
  };
}
