/** What two episodes are, and in what their runs differ, above the two. */
import type { InferResponseType } from "hono/client";
import type { api } from "../client.ts";
import { SettingRows } from "./setting-rows.tsx";
import { percent, when } from "./texts.ts";
import { Wide } from "./wide.tsx";

export type SideAnswer = InferResponseType<typeof api.side.$get, 200>;

export function SideFactsTable({ answer: { left, right, settings } }: { answer: SideAnswer }) {
  const sides = [left, right];
  // The name and version stand above.
  const differing = settings.filter(({ name }) => name !== "scaffold" && name !== "model.name");
  return (
    <>
      <Wide label="What the two are">
        <table class="sidefacts">
          <thead>
            <tr>
              <td />
              <th>Left</th>
              <th>Right</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th>run</th>
              {sides.map(({ run, created }, index) => (
                <td key={index}>
                  <a class="mono" href={`/runs/${run}`}>
                    {run}
                  </a>{" "}
                  <span class="faint">{when(created)}</span>
                </td>
              ))}
            </tr>
            <Fact name="scaffold" values={sides.map(({ scaffold }) => scaffold)} />
            <Fact name="model" values={sides.map(({ model }) => model)} />
            <Fact name="score" values={sides.map(({ progress }) => percent(progress))} />
            <Fact
              name="steps"
              values={sides.map(({ steps, end }) => `${steps}, ${end === undefined ? "under way" : `ended: ${end}`}`)}
            />
          </tbody>
        </table>
      </Wide>
      {differing.length > 0 && (
        <details>
          <summary>Settings that differ: {differing.length}</summary>
          <Wide label="Settings that differ">
            <table class="sidefacts">
              <tbody>
                <SettingRows settings={differing} />
              </tbody>
            </table>
          </Wide>
        </details>
      )}
      {settings.length === 0 && <p class="faint">The settings of the two runs are the same.</p>}
    </>
  );
}

/** What differs stands out. */
function Fact({ name, values }: { name: string; values: readonly string[] }) {
  const differs = new Set(values).size > 1;
  return (
    <tr>
      <th>{name}</th>
      {values.map((value, index) => (
        <td key={index}>{differs ? <strong>{value}</strong> : value}</td>
      ))}
    </tr>
  );
}
