/** The programs beside automem: Python and uv for game plugins, Ollama, and the keys of paid servers. */
import * as v from "valibot";
import { type CheckLine, okLine, warnLine } from "../../core/check-line.ts";
import { AutomemError } from "../../core/errors.ts";
import { serverFromEnvironment } from "../../inference/ollama/server.ts";
import { hasUv } from "../../plugins/install/python-environment.ts";
import { findPythons, type Python } from "../../plugins/install/python-version.ts";
import type { App } from "../app.ts";

const OLLAMA_TIMEOUT_MS = 3000;
const KEYS = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"];

export async function programLines({ environment }: App, send: typeof fetch = fetch): Promise<CheckLine[]> {
  const [pythons, uv] = await Promise.all([findPythons(environment), hasUv(environment)]);
  return [judgePython(pythons, uv), await ollamaLine(environment.OLLAMA_HOST, send), keysLine(environment)];
}

/** Pure. */
export function judgePython(pythons: readonly Python[], uv: boolean): CheckLine {
  const versions = pythons.map(({ version }) => version).join(", ");
  const found = `${versions || "no Python"}${uv ? ", uv" : ""}`;
  if (uv || pythons.some(({ canMakeEnvironments }) => canMakeEnvironments)) return okLine("python", found);
  const cost =
    pythons.length === 0
      ? "Games are Python programs and cannot be installed. Install Python 3.11 or newer, or uv, which brings its own."
      : "It cannot make environments, so games cannot be installed. On Debian or Ubuntu: apt-get install python3-venv; or install uv.";
  return warnLine("python", found, cost);
}

async function ollamaLine(named: string | undefined, send: typeof fetch): Promise<CheckLine> {
  let server: string;
  try {
    server = serverFromEnvironment(named);
  } catch (fault) {
    if (!(fault instanceof AutomemError)) throw fault;
    return warnLine("ollama", "OLLAMA_HOST is no address", fault.message);
  }
  const version = await ollamaVersion(server, send);
  if (version !== undefined) return okLine("ollama", `${version} at ${server}`);
  if (named === undefined || named.trim() === "")
    return okLine("ollama", `none at ${server}; only ollama:NAME needs it`);
  return warnLine(
    "ollama",
    `none at ${server}, which OLLAMA_HOST names`,
    'Start it with "ollama serve", or look at OLLAMA_HOST.',
  );
}

async function ollamaVersion(server: string, send: typeof fetch): Promise<string | undefined> {
  try {
    const response = await send(`${server}/api/version`, { signal: AbortSignal.timeout(OLLAMA_TIMEOUT_MS) });
    const answer = v.safeParse(v.object({ version: v.string() }), await response.json());
    return answer.success ? answer.output.version : undefined;
  } catch {
    // No answer, or none of Ollama's: there is no Ollama.
    return undefined;
  }
}

/** Never the keys themselves. */
function keysLine(environment: Readonly<Record<string, string | undefined>>): CheckLine {
  return okLine("keys", KEYS.map((key) => `${key} ${environment[key] ? "set" : "not set"}`).join(", "));
}
