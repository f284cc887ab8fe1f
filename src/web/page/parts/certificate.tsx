/** What was checked of a plugin: of which source, when, by which automem; each check, and the episodes that were played twice. */
import type { InferResponseType } from "hono/client";
import type { api } from "../client.ts";
import { count, when } from "./texts.ts";
import { Wide } from "./wide.tsx";

type Plugin = InferResponseType<typeof api.plugins.$get, 200>["installed"][number];
type Certificate = NonNullable<Plugin["certificate"]>;

const badges: Readonly<Record<string, string>> = { passed: "good", failed: "bad", skipped: "" };

export function CertificateText({ name, certificate }: { name: string; certificate: Certificate }) {
  const { determinism } = certificate;
  const packages = Object.entries(certificate.packages);
  return (
    <section class="panel" aria-label={`Certificate of ${name}`}>
      <h2>
        {name} {certificate.version}{" "}
        <span class={`badge ${certificate.passed ? "good" : "bad"}`}>{certificate.passed ? "passed" : "failed"}</span>
      </h2>
      <p class="facts">
        <span>checked {when(certificate.date)}</span>
        <span>by automem {certificate.automemVersion}</span>
        <span>on {certificate.platform}</span>
        <span class="mono">source {certificate.contentHash.slice(0, 16)}</span>
      </p>
      {packages.length > 0 && (
        <p class="faint">With {packages.map(([name, version]) => `${name} ${version}`).join(", ")}</p>
      )}
      <Wide label={`Checks of ${name}`}>
        <table>
          <thead>
            <tr>
              <th>Check</th>
              <th>What must hold</th>
              <th>Found</th>
            </tr>
          </thead>
          <tbody>
            {certificate.checks.map((check) => (
              <tr key={check.name}>
                <th scope="row" class="mono">
                  {check.name}
                </th>
                <td class="long">{check.sentence}</td>
                <td class="long">
                  <span class={`badge ${badges[check.status]}`}>{check.status}</span> {check.detail}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {determinism && (
        <>
          <h3>Episodes played twice</h3>
          {determinism.clockFrozen !== null && (
            <p class="faint">The game's clock {determinism.clockFrozen ? "stands still" : "runs"}.</p>
          )}
          {determinism.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
          <Wide label={`Episodes of ${name} played twice`}>
            <table class="compact">
              <thead>
                <tr>
                  <th>Task</th>
                  <th class="number">Seed</th>
                  <th class="number">Steps</th>
                  <th>Trace, SHA-256</th>
                  <th>The second time</th>
                </tr>
              </thead>
              <tbody>
                {determinism.episodes.map(({ task, seed, steps, hash, equal, difference }) => (
                  <tr key={`${task} ${seed}`}>
                    <td>{task}</td>
                    <td class="number">{seed}</td>
                    <td class="number">{steps}</td>
                    <td class="mono">{hash.slice(0, 16)}</td>
                    <td class="long">
                      <span class={`badge ${equal ? "good" : "bad"}`}>{equal ? "equal" : "differs"}</span> {difference}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
          <p class="faint">{count(determinism.episodes.filter(({ equal }) => equal).length, "episode")} equal.</p>
        </>
      )}
    </section>
  );
}
