/** Runs side by side: what each scored, what each did better than the first, episode by episode, and how each used its memory. */

import { useLocation } from "preact-iso";
import { points } from "../../../core/points.ts";
import { answerOf, api } from "../client.ts";
import { FiguresTable } from "../parts/figures-table.tsx";
import { PairedPlot } from "../parts/paired-plot.tsx";
import { Pairs } from "../parts/pairs.tsx";
import { SettingRows } from "../parts/setting-rows.tsx";
import { count, percent } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

export function Compare() {
  const { query } = useLocation();
  const runs = query.runs ?? "";
  const { answer, fault } = useAnswer(runs, () => answerOf(api.compare.$get({ query: { runs } })));
  if (fault) {
    return (
      <>
        <h1>Compare</h1>
        <p class="problem">{fault.message}</p>
        <p>
          Choose runs of one game in the <a href="/runs">list of runs</a>.
        </p>
      </>
    );
  }
  if (answer === undefined) return <p class="faint">Comparing</p>;
  return (
    <>
      <h1>Compare {count(answer.runs.length, "run")}</h1>
      {answer.warnings.map((warning) => (
        <p key={warning} class="problem">
          {warning}
        </p>
      ))}
      <Wide label="Scores">
        <table>
          <thead>
            <tr>
              <th>Run</th>
              <th>Model</th>
              <th>Scaffold</th>
              <th class="number">Episodes</th>
              <th class="number">Score</th>
              <th class="number">95 %</th>
              <th class="number">Against the first, points</th>
            </tr>
          </thead>
          <tbody>
            {answer.runs.map((run, index) => {
              const details = answer.details[index]!;
              const difference = answer.differences.find(({ name }) => name === run.name);
              return (
                <tr key={run.name}>
                  <td>
                    <a class="mono" href={`/runs/${run.name}`}>
                      {run.name}
                    </a>
                  </td>
                  <td class="mono wraps">{details.model}</td>
                  <td class="wraps">{details.scaffold}</td>
                  <td class="number">
                    {details.finished}/{details.planned}
                  </td>
                  <td class="number">{run.mean === undefined ? "-" : percent(run.mean)}</td>
                  <td class="number">{rangeText(run.low, run.high, percent)}</td>
                  <td class="number">
                    {difference?.mean === undefined
                      ? ""
                      : `${points(difference.mean)} (${rangeText(difference.low, difference.high, points)}, ${count(difference.pairs, "pair")})`}
                    {difference?.pairsToShow !== undefined && (
                      <span class="faint below">{count(difference.pairsToShow, "pair")} would show it</span>
                    )}
                    {difference?.worst !== undefined && difference.best !== undefined && (
                      <span class="faint below">
                        with what is missing: {rangeText(difference.worst, difference.best, points)}
                      </span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Wide>
      <p class="faint">
        Intervals: {answer.intervals}. Pairs that would show a true difference of the size found: {answer.test}.
      </p>
      <h2>Episode by episode</h2>
      <PairedPlot runs={answer.runs.map(({ name }) => name)} episodes={answer.episodes} />
      <Pairs runs={answer.runs.map(({ name }) => name)} episodes={answer.episodes} />
      <h2>How memory was used</h2>
      <FiguresTable label="How memory was used" heads={answer.runs.map(({ name }) => name)} lines={answer.figures} />
      <p class="faint">Of finished episodes. A star: some calls' servers did not say how many tokens they took.</p>
      {answer.counts.length > 0 && (
        <details>
          <summary>Operations and slips of form by kind</summary>
          <ul>
            {answer.counts.map(({ run, phase, what, text }) => (
              <li key={`${run} ${phase} ${what}`}>
                <span class="mono">{run}</span>, {phase} {what}: {text}
              </li>
            ))}
          </ul>
        </details>
      )}
      {answer.settings.length > 0 && (
        <>
          <h2>What differs</h2>
          <Wide label="What differs">
            <table>
              <tbody>
                <SettingRows settings={answer.settings} />
              </tbody>
            </table>
          </Wide>
        </>
      )}
    </>
  );
}

function rangeText(low: number | undefined, high: number | undefined, text: (value: number) => string): string {
  return low === undefined || high === undefined ? "too few" : `${text(low)} to ${text(high)}`;
}
