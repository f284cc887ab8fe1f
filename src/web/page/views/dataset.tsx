/** One dataset: what it was chosen by, and its items and what was set aside, filtered; each with the step that it is from. What is chosen stands in the address. */
import type { InferResponseType } from "hono/client";
import { useLocation, useRoute } from "preact-iso";
import { answerOf, api } from "../client.ts";
import { Choice } from "../parts/choice.tsx";
import { LongText } from "../parts/long-text.tsx";
import { count, percent } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

const pageTurns = 100;
const ask = api.datasets[":dataset"];
type Answer = InferResponseType<typeof ask.$get, 200>;
type Turn = InferResponseType<typeof ask.turns.$get, 200>["turns"][number];
type Query = Record<string, string>;

export function Dataset() {
  const { params } = useRoute();
  const dataset = params.dataset ?? "";
  const { answer, fault } = useAnswer(dataset, () => answerOf(ask.$get({ param: { dataset } })));
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {dataset}</p>;
  const { record, stats } = answer;
  return (
    <>
      <h1>Dataset {answer.hash.slice(0, 16)}</h1>
      <p class="facts">
        <span>{record.game}</span>
        <span>selector {record.selector.name}</span>
        <span>{count(record.episodes.length, "episode")}</span>
        <span>
          {count(record.train.items, "item")} in {count(record.train.lines, "line")}
        </span>
        <span>{record.validation.items} for validation</span>
      </p>
      <details>
        <summary>What was looked for</summary>
        <LongText text={answer.criteria} />
      </details>
      <details>
        <summary>Counts by kind</summary>
        <Wide label="Counts by kind">
          <table class="compact">
            <thead>
              <tr>
                <th>Kind</th>
                <th class="number">Turns there were</th>
                <th class="number">Chosen</th>
                <th class="number">Set aside</th>
                <th class="number">To train on</th>
                <th class="number">Lines</th>
                <th class="number">Validation</th>
                <th class="number">Mean value</th>
              </tr>
            </thead>
            <tbody>
              {stats.kinds.map((row) => (
                <tr key={row.kind}>
                  <th scope="row">{row.kind}</th>
                  <td class="number">{row.candidates}</td>
                  <td class="number">{row.chosen}</td>
                  <td class="number">{row.setAside}</td>
                  <td class="number">{row.train}</td>
                  <td class="number">{row.trainLines}</td>
                  <td class="number">{row.validation}</td>
                  <td class="number">{row.meanValue?.toFixed(2)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </details>
      <Turns dataset={dataset} answer={answer} />
    </>
  );
}

function Turns({ dataset, answer }: { dataset: string; answer: Answer }) {
  const { query, path, route } = useLocation();
  const show = query.show === "set-aside" ? "set-aside" : "items";
  const choose = (changes: Query) => route(`${path}${queryText({ ...query, from: "", item: "", ...changes })}`, true);
  const asked: Query = { ...onlyFilters(query), show, from: query.from || "0", count: String(pageTurns) };
  const { answer: found, fault } = useAnswer(`${dataset} ${JSON.stringify(asked)}`, () =>
    answerOf(ask.turns.$get({ param: { dataset }, query: asked })),
  );
  const { stats, episodes } = answer;
  const rules = Object.keys(show === "items" ? stats.rules : stats.setAside);
  const chosen = query.item ? Number(query.item) : undefined;
  const from = Number(query.from || 0) || 0;
  return (
    <>
      <h2>{show === "items" ? "Items" : "Set aside"}</h2>
      <search class="filters">
        <label>
          Show
          <select value={show} onChange={(event) => choose({ show: event.currentTarget.value, rule: "", split: "" })}>
            <option value="items">items</option>
            <option value="set-aside">set aside, with the rule</option>
          </select>
        </label>
        <Choice
          name="Kind"
          value={query.kind}
          values={stats.kinds.map(({ kind }) => kind)}
          onChoose={(kind) => choose({ kind })}
        />
        <Choice name="Rule" value={query.rule} values={rules} onChoose={(rule) => choose({ rule })} />
        {show === "items" && (
          <Choice
            name="Split"
            value={query.split}
            values={["train", "validation"]}
            onChoose={(split) => choose({ split })}
          />
        )}
        <label>
          Episode
          <select value={query.episode ?? ""} onChange={(event) => choose({ episode: event.currentTarget.value })}>
            <option value="">all</option>
            {episodes.map(({ record, task, seed, items, setAside }) => (
              <option key={record} value={record}>
                {task}, seed {seed}: {items} items, {setAside} set aside
              </option>
            ))}
          </select>
        </label>
      </search>
      {fault && <p class="problem">{fault.message}</p>}
      {found && (
        <>
          <p class="faint" aria-live="polite">
            {found.matching === found.total ? count(found.total, "turn") : `${found.matching} of ${found.total} turns`}
          </p>
          <div class={chosen !== undefined && show === "items" ? "step two" : undefined}>
            <div>
              <TurnTable
                turns={found.turns}
                show={show}
                chosen={chosen}
                onChoose={(item) => route(`${path}${queryText({ ...query, item: String(item) })}`, true)}
              />
              <p class="controls">
                {from > 0 && (
                  <a href={`${path}${queryText({ ...query, from: String(Math.max(0, from - pageTurns)), item: "" })}`}>
                    turns before
                  </a>
                )}
                {from + pageTurns < found.matching && (
                  <a href={`${path}${queryText({ ...query, from: String(from + pageTurns), item: "" })}`}>
                    further turns
                  </a>
                )}
              </p>
            </div>
            {chosen !== undefined && show === "items" && <Item dataset={dataset} item={chosen} />}
          </div>
        </>
      )}
    </>
  );
}

function TurnTable({
  turns,
  show,
  chosen,
  onChoose,
}: {
  turns: readonly Turn[];
  show: "items" | "set-aside";
  chosen: number | undefined;
  onChoose: (item: number) => void;
}) {
  const isItems = show === "items";
  return (
    <Wide label={isItems ? "Items" : "Set aside"}>
      <table>
        <thead>
          <tr>
            {isItems && <th class="number">Item</th>}
            <th>Kind</th>
            <th>From</th>
            <th>Rule</th>
            {isItems ? (
              <>
                {chosen === undefined && <th>To learn</th>}
                <th class="number">Value</th>
                <th class="number">Lines</th>
                <th>Split</th>
              </>
            ) : (
              <th>Why</th>
            )}
          </tr>
        </thead>
        <tbody>
          {turns.map((turn, index) => (
            <tr key={turn.item ?? `aside ${index}`}>
              {turn.item !== undefined && (
                <td class="number">
                  <button
                    type="button"
                    class="link"
                    aria-pressed={chosen === turn.item}
                    onClick={() => onChoose(turn.item!)}
                  >
                    {turn.item}
                  </button>
                </td>
              )}
              <td>{turn.kind}</td>
              <td class="wrap">
                <StepLink turn={turn} />
              </td>
              <td>{turn.rule}</td>
              {isItems ? (
                <>
                  {chosen === undefined && <td class="mono long">{turn.says}</td>}
                  <td class="number">{turn.value?.toFixed(2)}</td>
                  <td class="number">{turn.times}</td>
                  <td>{turn.split}</td>
                </>
              ) : (
                <td class="long">{turn.reason}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** To the very step; without a link where no run of the store has the episode. */
function StepLink({ turn }: { turn: Turn }) {
  const text = `${turn.task}, seed ${turn.seed}, step ${turn.stepIndex}, ${turn.phase.toUpperCase()}`;
  if (turn.place === undefined) return <>{text}</>;
  return <a href={`/runs/${turn.place}?step=${turn.stepIndex}`}>{text}</a>;
}

function Item({ dataset, item }: { dataset: string; item: number }) {
  const { answer, fault } = useAnswer(`${dataset}/${item}`, () =>
    answerOf(ask.items[":item"].$get({ param: { dataset, item: String(item) } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading</p>;
  const { item: facts, example, places } = answer;
  return (
    <section class="panel" aria-label={`Item ${item}`}>
      <h2>Item {item}</h2>
      <p>
        {facts.rule}: {facts.reason}
      </p>
      <p class="faint">
        {facts.kind}, value {percent(facts.value)}, spoken by the {facts.speaker}, {count(facts.times, "line")} of the{" "}
        {facts.split} data
      </p>
      {places.length === 0 && <p class="faint">No run of this store holds its episode.</p>}
      <ul class="places">
        {places.map((place) => (
          <li key={place}>
            <a href={`/runs/${place}?step=${facts.stepIndex}`}>
              {place}, step {facts.stepIndex}
            </a>
          </li>
        ))}
      </ul>
      {example.prompt.map(({ role, content }, index) => (
        <details key={index} class={`message ${role}`} open={index === example.prompt.length - 1}>
          <summary>{role}</summary>
          <LongText text={content} />
        </details>
      ))}
      <article class="message reply specialist">
        <header class="faint">to learn{facts.cleaned.length > 0 && `, cleaned by ${facts.cleaned.join(", ")}`}</header>
        <LongText text={example.completion[0].content} />
      </article>
    </section>
  );
}

const filters = ["show", "kind", "rule", "split", "episode"] as const;

function onlyFilters(query: Query): Query {
  return Object.fromEntries(filters.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
}

function queryText(query: Query): string {
  const known = [...filters, "from", "item"].flatMap((name) => (query[name] ? [[name, query[name]]] : []));
  const text = new URLSearchParams(known as [string, string][]).toString();
  return text === "" ? "" : `?${text}`;
}
