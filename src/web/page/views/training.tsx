/** Datasets and adapters. */
import { answerOf, api } from "../client.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

export function Training() {
  const datasets = useAnswer("datasets", () => answerOf(api.datasets.$get()));
  const adapters = useAnswer("adapters", () => answerOf(api.adapters.$get()));
  const fault = datasets.fault ?? adapters.fault;
  if (fault) return <p class="problem">{fault.message}</p>;
  if (datasets.answer === undefined || adapters.answer === undefined) return <p class="faint">Loading</p>;
  return (
    <>
      <h1>Adapters</h1>
      {adapters.answer.adapters.length === 0 && <p>None yet: automem train makes them.</p>}
      <Wide label="Adapters">
        <table>
          <thead>
            <tr>
              <th>Adapter</th>
              <th>Base</th>
              <th class="number">Rank</th>
              <th class="number">Alpha</th>
              <th>Files</th>
              <th>Made of</th>
            </tr>
          </thead>
          <tbody>
            {adapters.answer.adapters.map((adapter) => (
              <tr key={adapter.name}>
                <td>
                  <a class="mono" href={`/adapters/${adapter.name}`}>
                    {adapter.name.slice(0, 16)}
                  </a>
                </td>
                <td class="mono">{adapter.base.model}</td>
                <td class="number">{adapter.rank}</td>
                <td class="number">{adapter.alpha}</td>
                <td>{[adapter.peft && "PEFT", adapter.gguf && "GGUF"].filter(Boolean).join(", ")}</td>
                <td>
                  {adapter.parents?.dataset ? (
                    <a class="mono" href={`/datasets/${adapter.parents.dataset}`}>
                      dataset {adapter.parents.dataset.slice(0, 8)}
                    </a>
                  ) : (
                    <span class="faint">brought from elsewhere</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <h1>Datasets</h1>
      {datasets.answer.datasets.length === 0 && <p>None yet: automem dataset build RUN makes one.</p>}
      <Wide label="Datasets">
        <table>
          <thead>
            <tr>
              <th>Dataset</th>
              <th>Game</th>
              <th>Selector</th>
              <th class="number">Episodes</th>
              <th class="number">Items</th>
              <th class="number">Lines</th>
              <th class="number">Validation</th>
            </tr>
          </thead>
          <tbody>
            {datasets.answer.datasets.map((dataset) => (
              <tr key={dataset.hash}>
                <td>
                  <a class="mono" href={`/datasets/${dataset.hash}`}>
                    {dataset.hash.slice(0, 16)}
                  </a>
                </td>
                <td>{dataset.game}</td>
                <td>{dataset.selector}</td>
                <td class="number">{dataset.episodes}</td>
                <td class="number">{dataset.items}</td>
                <td class="number">{dataset.lines}</td>
                <td class="number">{dataset.validation}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </>
  );
}
