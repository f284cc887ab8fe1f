/** One run: what it was, how it went, and its episodes. */
import { useRoute } from "preact-iso";
import { answerOf, api } from "../client.ts";
import { changes } from "../live.ts";
import { count, percent, when } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { WorkButtons } from "../parts/work.tsx";
import { useAnswer } from "../use-answer.ts";

export function Run() {
  const { params } = useRoute();
  const run = params.run ?? "";
  const { answer, fault } = useAnswer(`${run} ${changes.runs.value}`, () =>
    answerOf(api.runs[":run"].$get({ param: { run } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {run}</p>;
  const { record, progression } = answer;
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
        <span>scaffold {answer.scaffold}</span>
        {answer.heldBy !== undefined && <span class="badge good">played now</span>}
      </p>
      <WorkButtons
        id={answer.id}
        working={answer.heldBy !== undefined}
        owed={answer.episodes.some(({ status }) => status !== "finished")}
      />
      <p>
        <code class="mono">automem {answer.commandLine.join(" ")}</code>
      </p>
      <p>
        {progression.mean === undefined ? "No episode is finished" : `Score ${percent(progression.mean)}`}
        {progression.low !== undefined &&
          progression.high !== undefined &&
          ` (95 %: ${percent(progression.low)} to ${percent(progression.high)})`}
        {", "}
        {count(answer.episodes.length, "episode")}
      </p>
      <Wide label="Episodes">
        <table>
          <thead>
            <tr>
              <th>Task</th>
              <th class="number">Seed</th>
              <th>State</th>
              <th class="number">Steps</th>
              <th class="number">Score</th>
            </tr>
          </thead>
          <tbody>
            {answer.episodes.map((episode) => (
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
    </>
  );
}
