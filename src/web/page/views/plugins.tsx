/** What is installed: plugins with what was checked of them, and models on this machine. */
import { answerOf, api } from "../client.ts";
import { count, when } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

export function Plugins() {
  const plugins = useAnswer("plugins", () => answerOf(api.plugins.$get()));
  const models = useAnswer("models", () => answerOf(api.models.$get()));
  const fault = plugins.fault ?? models.fault;
  if (fault) return <p class="problem">{fault.message}</p>;
  if (plugins.answer === undefined || models.answer === undefined) return <p class="faint">Loading</p>;
  const { installed, available, broken } = plugins.answer;
  return (
    <>
      <h1>Plugins</h1>
      <Wide label="Plugins">
        <table>
          <thead>
            <tr>
              <th>Plugin</th>
              <th>Kind</th>
              <th>Version</th>
              <th>Installed</th>
              <th>Checks</th>
              <th>Licence</th>
            </tr>
          </thead>
          <tbody>
            {installed.map((plugin) => (
              <tr key={plugin.name}>
                <td>
                  <strong>{plugin.name}</strong>
                  <div class="faint">{plugin.title}</div>
                </td>
                <td>{plugin.kind}</td>
                <td>{plugin.version}</td>
                <td>{plugin.installedAt === undefined ? "" : when(plugin.installedAt)}</td>
                <td>{checksText(plugin.certificate?.checks)}</td>
                <td>{plugin.licence}</td>
              </tr>
            ))}
            {broken.map(({ name, problem }) => (
              <tr key={name}>
                <td>
                  <strong>{name}</strong>
                </td>
                <td colSpan={5} class="problem">
                  {problem}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {installed.length === 0 && <p>None yet.</p>}
      {available.length > 0 && (
        <>
          <h2>To be had</h2>
          <ul>
            {available.map(({ name, kind, description }) => (
              <li key={name}>
                <code>automem plugin add {name}</code> <span class="faint">({kind})</span> {description}
              </li>
            ))}
          </ul>
        </>
      )}
      <h1>Models</h1>
      <Wide label="Models">
        <table>
          <thead>
            <tr>
              <th>Model</th>
              <th>Weights, SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {models.answer.models.map((model) => (
              <tr key={model.name}>
                <td class="mono">llama-cpp:{model.name}</td>
                <td class="mono">{model.sha256.slice(0, 16)}</td>
              </tr>
            ))}
            {models.answer.damaged.map(({ name, problem }) => (
              <tr key={name}>
                <td class="mono">{name}</td>
                <td class="problem">{problem}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {models.answer.models.length === 0 && (
        <p>
          None yet: <code>automem model add smollm2-135m</code>. Models of Ollama, vLLM and other servers are asked
          where they are.
        </p>
      )}
    </>
  );
}

function checksText(checks: readonly { status: string }[] | undefined): string {
  if (checks === undefined) return "not checked";
  const failed = checks.filter(({ status }) => status === "failed").length;
  const passed = checks.filter(({ status }) => status === "passed").length;
  return failed === 0 ? `${count(passed, "check")} passed` : `${failed} of ${checks.length} failed`;
}
