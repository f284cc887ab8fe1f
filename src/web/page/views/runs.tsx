/** All runs: filters, search, and a table sorted by any column. What is chosen stands in the address, so that it can be sent to someone. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { amount, duration } from "../../../app/units.ts";
import { onlyKnown, type Query, queryText, runQueryParts } from "../../list-address.ts";
import { answerOf, api } from "../client.ts";
import { changes, useWatch } from "../live.ts";
import { Choice } from "../parts/choice.tsx";
import { Pager } from "../parts/pager.tsx";
import { ScaffoldText } from "../parts/scaffold-text.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { TableHead } from "../parts/table-head.tsx";
import { count, money, percent, when } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

const columns = [
  { title: "Run", sort: "created" },
  { title: "State", sort: undefined },
  { title: "Game", sort: "game" },
  { title: "Model", sort: "model" },
  { title: "Scaffold", sort: "scaffold" },
  { title: "Episodes", sort: "episodes", number: true },
  { title: "Score", sort: "score", number: true },
  { title: "Scores", sort: undefined },
  { title: "Steps", sort: "steps", number: true },
  { title: "Calls", sort: "calls", number: true },
  { title: "Tokens", sort: "tokens", number: true },
  { title: "Play time", sort: "seconds", number: true },
  { title: "Money", sort: "money", number: true },
] as const;

const newestFirst = { sort: "created", order: "down" } as const;
const pageRuns = 50;

export function Runs() {
  const { query, path, route } = useLocation();
  const choose = (changes: Query) =>
    route(`${path}${queryText({ ...query, offset: "", ...changes }, runQueryParts)}`, true);
  const { answer, fault, waiting } = useAnswer(
    JSON.stringify(query),
    () => answerOf(api.runs.$get({ query: onlyKnown(query, runQueryParts) })),
    changes.runs.value,
  );
  const played = useWatch("playing", "")?.playing ?? [];
  const stepsNow = new Map(played.map(({ id, steps }) => [id, steps]));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  // Nobody looks at a column without prices, and there is no room for it.
  const hasMoney = answer?.runs.some(({ money }) => money !== null) ?? false;
  const shown = hasMoney ? columns : columns.filter(({ title }) => title !== "Money");
  const toggle = (run: string) =>
    setChosen((before) => (before.includes(run) ? before.filter((one) => one !== run) : [...before, run]));
  return (
    <>
      <h1>Runs</h1>
      <search class="filters">
        <label>
          Search
          <input
            type="search"
            value={query.search ?? ""}
            onInput={(event) => choose({ search: event.currentTarget.value })}
          />
        </label>
        <Choice name="Game" value={query.game} values={answer?.games} onChoose={(game) => choose({ game })} />
        <Choice name="Model" value={query.model} values={answer?.models} onChoose={(model) => choose({ model })} />
        <Choice
          name="Scaffold"
          value={query.scaffold}
          values={answer?.scaffolds}
          names={answer?.scaffoldNames}
          onChoose={(scaffold) => choose({ scaffold })}
        />
        <Choice
          name="State"
          value={query.state}
          values={["finished", "under way", "stopped", "unreadable"]}
          onChoose={(state) => choose({ state })}
        />
        {query.specialist && (
          <button type="button" onClick={() => choose({ specialist: "" })}>
            adapter {query.specialist.slice(0, 8)} only ×
          </button>
        )}
      </search>
      {fault && <p class="problem">{fault.message}</p>}
      {answer && (
        <>
          <p class="faint" aria-live="polite">
            {answer.matching === answer.total
              ? `${count(answer.total, "run")}`
              : `${answer.matching} of ${count(answer.total, "run")}`}
            {waiting ? ", loading" : ""}
            {chosen.length === 1 && ", 1 chosen: choose another to compare"}
            {chosen.length > 1 && (
              <>
                {", "}
                <a href={`/compare?runs=${chosen.join(",")}`}>compare the {chosen.length} chosen</a>
              </>
            )}
          </p>
          <Wide label="Runs">
            <table>
              <thead>
                <tr>
                  <th>
                    <span class="unseen">Compare</span>
                  </th>
                  <TableHead columns={shown} query={query} first={newestFirst} onChoose={choose} />
                </tr>
              </thead>
              <tbody>
                {answer.runs.map((run) => (
                  <tr key={run.id}>
                    <td class="choose">
                      <input
                        type="checkbox"
                        aria-label={`compare ${run.id}`}
                        checked={chosen.includes(run.id)}
                        onChange={() => toggle(run.id)}
                      />
                    </td>
                    <td>
                      <a class="mono" href={`/runs/${run.id}`}>
                        {run.id}
                      </a>
                      <br />
                      <span class="faint">{when(run.created)}</span>
                    </td>
                    {run.problem === null ? (
                      <>
                        <td>{run.failed > 0 ? `${run.state}, ${run.failed} failed` : run.state}</td>
                        <td>{run.game}</td>
                        <td class="mono">
                          {run.model}
                          {run.specialist !== null && (
                            <span class="below">
                              {" + "}
                              <a href={`/adapters/${run.specialist}`}>{run.specialist.slice(0, 8)}</a>
                            </span>
                          )}
                        </td>
                        <td class="scaffold">
                          <ScaffoldText scaffold={run.scaffold} name={run.scaffoldName} />
                        </td>
                        <td class="number">
                          {run.finished}/{run.planned}
                        </td>
                        <td class="number">
                          {run.meanProgress === null ? "-" : percent(run.meanProgress)}
                          {run.range !== null && <span class="faint below">{rangeText(run.range)}</span>}
                        </td>
                        <td>
                          <Sparkline scores={run.scores} label={`scores of ${count(run.finished, "episode")}`} />
                        </td>
                        <td class="number">{amount(run.steps + (stepsNow.get(run.id) ?? 0))}</td>
                        <td class="number">{run.calls === null ? "-" : amount(run.calls)}</td>
                        <td class="number" title={tokensTitle(run)}>
                          {tokensText(run)}
                        </td>
                        <td class="number">{run.seconds === null ? "-" : duration(1000 * run.seconds)}</td>
                        {hasMoney && <td class="number">{run.money === null ? "-" : money(run.money)}</td>}
                      </>
                    ) : (
                      <td class="problem" colSpan={shown.length - 1}>
                        {run.problem}
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
          <Pager
            offset={Number(query.offset) || 0}
            limit={Number(query.limit) || pageRuns}
            matching={answer.matching}
            onOffset={(offset) => choose({ offset: String(offset) })}
          />
          {answer.total === 0 && (
            <p>
              No runs yet. Start one: <code>automem run crafter --model llama-cpp:smollm2-135m</code>
            </p>
          )}
        </>
      )}
    </>
  );
}

/** `26.8 to 73.2 %`. */
function rangeText([low, high]: readonly number[]): string {
  return `${(100 * low!).toFixed(1)} to ${percent(high!)}`;
}

type Tokens = Record<"promptTokens" | "cachedTokens" | "generatedTokens", number | null> & { uncounted: number };

/** A star marks a sum that some calls are not in, because their server did not say. */
function tokensText({ promptTokens, generatedTokens, uncounted }: Tokens): string {
  if (promptTokens === null && generatedTokens === null) return "-";
  return `${amount((promptTokens ?? 0) + (generatedTokens ?? 0))}${uncounted > 0 ? "*" : ""}`;
}

function tokensTitle({ promptTokens, cachedTokens, generatedTokens, uncounted }: Tokens): string {
  const part = (tokens: number | null, what: string) => `${tokens === null ? "?" : amount(tokens)} ${what}`;
  const parts = [part(promptTokens, "in"), part(cachedTokens, "of them cached"), part(generatedTokens, "out")];
  if (uncounted > 0) parts.push(`${count(uncounted, "call")} not counted: the server did not say`);
  return parts.join(", ");
}
