/** One adapter: what it was made of, how it was checked when it was loaded, the tests it passed, the runs it played in, and how to use it. */

import type { InferResponseType } from "hono/client";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { points } from "../../../core/points.ts";
import { answerOf, api } from "../client.ts";
import { count, percent, when } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

const ask = api.adapters[":adapter"];
type Answer = InferResponseType<typeof ask.$get, 200>;

export function Adapter() {
  const { params } = useRoute();
  const named = params.adapter ?? "";
  const { answer, fault } = useAnswer(named, () => answerOf(ask.$get({ param: { adapter: named } })));
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {named}</p>;
  const { adapter, recipe, known } = answer;
  return (
    <>
      <h1>Adapter {adapter.name.slice(0, 16)}</h1>
      <p class="facts">
        <span>
          for <span class="mono">{adapter.base.model}</span>
        </span>
        <span>
          rank {adapter.rank}, alpha {adapter.alpha}
        </span>
        <span>{adapter.targetModules.join(", ")}</span>
        <span>{adapter.dtype}</span>
        <span>{[adapter.peft && "PEFT", adapter.gguf && "GGUF"].filter(Boolean).join(", ")}</span>
      </p>
      <p class="mono faint">{adapter.name}</p>
      {answer.problems.map((problem) => (
        <p key={problem} class="problem">
          {problem}
        </p>
      ))}
      <h2>Use it</h2>
      {answer.commands.map((command) => (
        <p key={command}>
          <code class="mono">{command}</code>
        </p>
      ))}
      <h2>Canaries</h2>
      <Checks checks={answer.checks} />
      <h2>What it was made of</h2>
      {!known && <p>It was taken in from outside: nothing is known of its making.</p>}
      {adapter.parents?.dataset && (
        <p>
          Data:{" "}
          <a class="mono" href={`/datasets/${adapter.parents.dataset}`}>
            dataset {adapter.parents.dataset.slice(0, 12)}
          </a>
          {answer.trainings.map(({ hash, firstLoss, lastLoss }) => (
            <span key={hash}>
              {firstLoss !== undefined &&
                lastLoss !== undefined &&
                `; loss from ${firstLoss.toFixed(3)} to ${lastLoss.toFixed(3)}`}
            </span>
          ))}
        </p>
      )}
      {recipe.length > 0 && (
        <p>
          Recipe:{" "}
          {recipe
            .filter((field) => "default" in field)
            .map(({ field, value }) => `${field} ${JSON.stringify(value)}`)
            .join(", ") || "the defaults"}
        </p>
      )}
      {recipe.length > 0 && (
        <details>
          <summary>All of the recipe</summary>
          <Wide label="Recipe">
            <table class="compact">
              <tbody>
                {recipe.map(({ field, value }) => (
                  <tr key={field}>
                    <th scope="row" class="mono">
                      {field}
                    </th>
                    <td class="mono">{JSON.stringify(value)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        </details>
      )}
      <Lineage adapter={adapter.name} />
      <h2>Trials and tests</h2>
      <Trials trials={answer.trials} />
      <h2>Runs that it played in</h2>
      <Runs runs={answer.runs} />
    </>
  );
}

function Checks({ checks }: { checks: Answer["checks"] }) {
  if (checks.length === 0) {
    return (
      <p>
        It was not looked at on this machine since checks are kept. It is whenever a model loads it:{" "}
        <code>automem adapter load</code>, a run, a trial.
      </p>
    );
  }
  return (
    <>
      <Grid
        label="Canaries"
        heads={["Served by", "When", "Found", "#Base and adapter apart", "#Mixed by caches", "#Control", "Compared by"]}
      >
        {checks.map((check) => (
          <tr key={`${check.model} ${check.digest}`}>
            <td class="mono">{check.model}</td>
            <td>{when(check.date)}</td>
            <td>
              <span class={`badge ${check.passed ? "good" : "bad"}`}>{check.passed ? "passed" : "failed"}</span>
            </td>
            <td class="number">{check.apart.toFixed(3)}</td>
            <td class="number">{check.mixed.toFixed(3)}</td>
            <td class="number">{check.control.toFixed(3)}</td>
            <td>{check.method === "log-probabilities" ? "log-probabilities" : "greedy texts"}</td>
          </tr>
        ))}
      </Grid>
      <p class="faint">
        Distances of 1: how far the adapter's answers are from the base's, and how far answers move when both are asked
        in turn. An adapter that does nothing, or shows in the base's answers, fails.
      </p>
    </>
  );
}

function Trials({ trials }: { trials: Answer["trials"] }) {
  if (trials.length === 0) return <p>No trial of this store made it.</p>;
  return (
    <Grid
      label="Trials"
      heads={["Trial", "#Replies as the trainer's", "#Select", "Outcome", "Tests on the confirm seeds"]}
    >
      {trials.map((trial) => (
        <tr key={`${trial.campaign} ${trial.key}`}>
          <td>
            <a href={`/campaigns/${trial.campaign}`}>
              {trial.campaign}, {trial.key}.{trial.configuration}
            </a>
          </td>
          <td class="number">{trial.parity ? `${trial.parity.equal} of ${trial.parity.of}` : "not compared"}</td>
          <td class="number">{trial.selectMean === undefined ? "-" : percent(trial.selectMean)}</td>
          <td>
            <span class={`badge ${trial.best && trial.outcome === "accepted" ? "good" : ""}`}>
              {trial.best ? trial.outcome : "not the best"}
            </span>
          </td>
          <td class="long">
            {trial.tests.length === 0 && trial.why}
            {trial.tests.map((test) => (
              <div key={test.against}>
                against the {test.against}: {test.estimate === undefined ? "" : `${points(test.estimate)} points`}
                {test.interval && ` (${points(test.interval[0])} to ${points(test.interval[1])})`},{" "}
                {count(test.pairs, "pair")}: {test.decision}
              </div>
            ))}
          </td>
        </tr>
      ))}
    </Grid>
  );
}

function Runs({ runs }: { runs: Answer["runs"] }) {
  if (runs.length === 0) return <p>None yet.</p>;
  return (
    <Grid label="Runs" heads={["Run", "Game", "Model", "#Episodes", "#Score"]}>
      {runs.map((run) => (
        <tr key={run.id}>
          <td>
            <a class="mono" href={`/runs/${run.id}`}>
              {run.id}
            </a>
          </td>
          <td>{run.game}</td>
          <td class="mono">{run.model}</td>
          <td class="number">
            {run.finished}/{run.planned}
          </td>
          <td class="number">{run.meanProgress === null ? "-" : percent(run.meanProgress)}</td>
        </tr>
      ))}
    </Grid>
  );
}

/** A head that begins with # stands over numbers. */
function Grid({ label, heads, children }: { label: string; heads: readonly string[]; children: ComponentChildren }) {
  return (
    <Wide label={label}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} class={head.startsWith("#") ? "number" : undefined}>
                {head.replace(/^#/, "")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Wide>
  );
}

/** Reads every episode that it learned from, so it is done when it is asked for. */
function Lineage({ adapter }: { adapter: string }) {
  const [asked, setAsked] = useState(false);
  return (
    <div>
      {asked ? (
        <LineageText adapter={adapter} />
      ) : (
        <p class="controls">
          <button type="button" onClick={() => setAsked(true)}>
            Check its lineage down to the episodes
          </button>
          <code>automem why {adapter.slice(0, 12)}</code>
        </p>
      )}
    </div>
  );
}

function LineageText({ adapter }: { adapter: string }) {
  const { answer, fault } = useAnswer(`lineage ${adapter}`, () => answerOf(ask.lineage.$get({ param: { adapter } })));
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Reading each episode that it learned from</p>;
  return (
    <section class="panel" aria-label="Lineage">
      <p>
        <span class={`badge ${answer.problems.length === 0 ? "good" : "bad"}`}>
          {answer.problems.length === 0 ? "all as recorded" : count(answer.problems.length, "problem")}
        </span>{" "}
        {count(answer.read.records, "record")} and {count(answer.read.blobs, "blob")} read
        {answer.items && `, ${answer.items.equal} of ${count(answer.items.of, "item")} word for word in the traces`}.
      </p>
      {answer.problems.map((problem) => (
        <p key={problem} class="problem">
          {problem}
        </p>
      ))}
      <ul>
        {answer.scaffolds.map(({ hash, name, version }) => (
          <li key={hash}>
            scaffold {name} {version}
          </li>
        ))}
        {answer.episodes.map((episode) => (
          <li key={episode.hash}>
            {episode.task}, seed {episode.seed}: {percent(episode.progress)}, {count(episode.items, "item")}{" "}
            {episode.places.slice(0, 1).map((place) => (
              <a key={place} class="mono" href={`/runs/${place}`}>
                {place}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
