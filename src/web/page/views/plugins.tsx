/** What is installed: plugins with what was checked of them, and models on this machine. */
import { useState } from "preact/hooks";
import { answerOf, api } from "../client.ts";
import { CertificateText } from "../parts/certificate.tsx";
import { lastCheck, ModelCheck } from "../parts/model-check.tsx";
import { count, when } from "../parts/texts.ts";
import { Wide } from "../parts/wide.tsx";
import { useAnswer } from "../use-answer.ts";

export function Plugins() {
  const [chosen, setChosen] = useState<string>();
  const plugins = useAnswer("plugins", () => answerOf(api.plugins.$get()));
  const models = useAnswer("models", () => answerOf(api.models.$get()));
  const fault = plugins.fault ?? models.fault;
  if (fault) return <p class="problem">{fault.message}</p>;
  if (plugins.answer === undefined || models.answer === undefined) return <p class="faint">Loading</p>;
  const { installed, available, broken } = plugins.answer;
  const { checks } = models.answer;
  const shown = installed.find(({ name }) => name === chosen);
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
                <td>
                  {plugin.certificate === undefined ? (
                    <span class="faint">not checked</span>
                  ) : (
                    <button
                      type="button"
                      class="link"
                      aria-pressed={chosen === plugin.name}
                      onClick={() => setChosen(chosen === plugin.name ? undefined : plugin.name)}
                    >
                      {checksText(plugin.certificate.checks)}
                    </button>
                  )}
                </td>
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
      {shown?.certificate && <CertificateText name={shown.name} certificate={shown.certificate} />}
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
              <th>Architecture</th>
              <th class="number">Context</th>
              <th>Weights, SHA-256</th>
              <th>Last check</th>
            </tr>
          </thead>
          <tbody>
            {models.answer.models.map((model) => (
              <tr key={model.name}>
                <td class="mono">llama-cpp:{model.name}</td>
                <td>{[model.gguf.architecture, model.gguf.quantisation].filter(Boolean).join(" ")}</td>
                <td class="number">{model.gguf.contextTokens ?? "?"}</td>
                <td class="mono">{model.sha256.slice(0, 16)}</td>
                <td>{lastCheck(checks.find((check) => check.model === `llama-cpp:${model.name}`))}</td>
              </tr>
            ))}
            {models.answer.damaged.map(({ name, problem }) => (
              <tr key={name}>
                <td class="mono">{name}</td>
                <td class="problem" colSpan={4}>
                  {problem}
                </td>
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
      <h1>Checks of models</h1>
      {checks.length === 0 && (
        <p>
          None yet: <code>automem model check llama-cpp:smollm2-135m</code> asks a model what it can do.
        </p>
      )}
      {checks.map((check) => (
        <ModelCheck key={`${check.model} ${check.digest}`} check={check} />
      ))}
    </>
  );
}

function checksText(checks: readonly { status: string }[]): string {
  const failed = checks.filter(({ status }) => status === "failed").length;
  const passed = checks.filter(({ status }) => status === "passed").length;
  return failed === 0 ? `${count(passed, "check")} passed` : `${failed} of ${checks.length} failed`;
}
