/** One dataset: what it was chosen by, and each item with the step that it is from. */
import { useLocation, useRoute } from "preact-iso";
import { answerOf, api } from "../client.ts";
import { LongText } from "../parts/long-text.tsx";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

const pageItems = 200;

export function Dataset() {
  const { params } = useRoute();
  const { query, path, route } = useLocation();
  const dataset = params.dataset ?? "";
  const { answer, fault } = useAnswer(dataset, () => answerOf(api.datasets[":dataset"].$get({ param: { dataset } })));
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading {dataset}</p>;
  const { record, items } = answer;
  const from = Number(query.from ?? 0) || 0;
  const chosen = query.item === undefined ? undefined : Number(query.item);
  return (
    <>
      <h1>Dataset {answer.hash.slice(0, 16)}</h1>
      <p class="facts">
        <span>{record.game}</span>
        <span>selector {record.selector.name}</span>
        <span>{record.episodes.length} episodes</span>
        <span>
          {record.train.items} items in {record.train.lines} lines
        </span>
        <span>{record.validation.items} for validation</span>
      </p>
      <details>
        <summary>What was looked for</summary>
        <pre class="text">{answer.criteria}</pre>
      </details>
      <div class="step two">
        <Wide label="Items">
          <table>
            <thead>
              <tr>
                <th class="number">Item</th>
                <th>Kind</th>
                <th>From</th>
                <th>Rule</th>
                <th class="number">Value</th>
                <th>Split</th>
              </tr>
            </thead>
            <tbody>
              {items.slice(from, from + pageItems).map((item, index) => (
                <tr key={item.turn}>
                  <td class="number">
                    <button
                      type="button"
                      class="link"
                      aria-pressed={chosen === from + index}
                      onClick={() => route(`${path}?from=${from}&item=${from + index}`, true)}
                    >
                      {from + index}
                    </button>
                  </td>
                  <td>{item.kind}</td>
                  <td>
                    {item.task}, seed {item.seed}, step {item.stepIndex}, {item.phase}
                  </td>
                  <td>{item.rule}</td>
                  <td class="number">{item.value.toFixed(2)}</td>
                  <td>{item.split}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="controls">
            {from > 0 && <a href={`${path}?from=${Math.max(0, from - pageItems)}`}>items before</a>}
            {from + pageItems < items.length && <a href={`${path}?from=${from + pageItems}`}>further items</a>}
          </p>
        </Wide>
        {chosen !== undefined && <Item dataset={dataset} item={chosen} />}
      </div>
    </>
  );
}

function Item({ dataset, item }: { dataset: string; item: number }) {
  const { answer, fault } = useAnswer(`${dataset}/${item}`, () =>
    answerOf(api.datasets[":dataset"].items[":item"].$get({ param: { dataset, item: String(item) } })),
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
      <p>
        {places.length === 0 && <span class="faint">No run of this store holds its episode.</span>}
        {places.map((place) => (
          <a key={place} href={`/runs/${place}?step=${facts.stepIndex}`}>
            {place}, step {facts.stepIndex}
          </a>
        ))}
      </p>
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
