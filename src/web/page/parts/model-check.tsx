/** What `automem model check` found of a model the last time: open where something failed. */
import type { InferResponseType } from "hono/client";
import { checkVerdict } from "../../../app/checks/verdict.ts";
import type { api } from "../client.ts";
import { when } from "./texts.ts";
import { Wide } from "./wide.tsx";

type Check = InferResponseType<typeof api.models.$get, 200>["checks"][number];

const badges = { ok: "good", warn: "warn", fail: "bad" } as const;

export function lastCheck(check: Check | undefined): string {
  return check === undefined ? "not checked" : `${when(check.date)}: ${checkVerdict(check)}`;
}

export function ModelCheck({ check }: { check: Check }) {
  const failed = check.lines.some(({ status }) => status === "fail");
  return (
    <details open={failed} class="modelcheck">
      <summary>
        <span class="mono">{check.model}</span>{" "}
        <span class={`badge ${failed ? "bad" : check.lines.some(({ status }) => status === "warn") ? "warn" : "good"}`}>
          {checkVerdict(check)}
        </span>{" "}
        <span class="faint">
          {when(check.date)}, automem {check.automemVersion}
          {check.digest !== undefined && `, weights ${check.digest.slice(0, 12)}`}
        </span>
      </summary>
      <Wide label={`Check of ${check.model}`}>
        <table>
          <thead>
            <tr>
              <th>What</th>
              <th>Found</th>
              <th>What it costs, or what to do</th>
            </tr>
          </thead>
          <tbody>
            {check.lines.map((line) => (
              <tr key={line.name}>
                <th scope="row">
                  <span class={`badge ${badges[line.status]}`}>{line.status}</span> {line.name}
                </th>
                <td class="long">{line.found}</td>
                <td class="long">{line.cost}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </details>
  );
}
