/** Configurations of a ledger side by side: which are chosen, and then only what differs in recipe and data, with what came of each. */
import { differing } from "../../../app/compare/differing-settings.ts";
import { answerOf, api } from "../client.ts";
import { useAnswer } from "../use-answer.ts";
import { Wide } from "./wide.tsx";

export function ConfigurationsBeside({ campaign, keys }: { campaign: string; keys: readonly string[] }) {
  // What is under way changes; the keys of what is chosen say enough of when to look again.
  const { answer, fault } = useAnswer(`${campaign} ${keys.join()}`, () =>
    answerOf(api.campaigns[":campaign"].configurations.$get({ param: { campaign } })),
  );
  if (fault) return <p class="problem">{fault.message}</p>;
  if (answer === undefined) return <p class="faint">Loading</p>;
  const chosen = answer.configurations.filter(({ key }) => keys.includes(key));
  const differences = differing(chosen.map(({ fields }) => new Map(Object.entries(fields))));
  const results = [...new Set(chosen.flatMap((one) => Object.keys(one.results)))];
  return (
    <section class="panel" aria-label="Configurations side by side">
      <h2>What differs</h2>
      {differences.length === 0 && <p>Recipe and data are the same.</p>}
      <Wide label="What differs">
        <table class="compact">
          <thead>
            <tr>
              <th>Field</th>
              {chosen.map(({ key }) => (
                <th key={key} class="mono">
                  {key}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {differences.map(({ name, values }) => (
              <tr key={name}>
                <th scope="row" class="mono">
                  {name}
                </th>
                {values.map((value, index) => (
                  <td key={index} class="mono">
                    {value ?? "not set"}
                  </td>
                ))}
              </tr>
            ))}
            {results.map((name) => (
              <tr key={name} class="result">
                <th scope="row">{name}</th>
                {chosen.map((one) => (
                  <td key={one.key}>{(one.results as Record<string, string>)[name] ?? "-"}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}
