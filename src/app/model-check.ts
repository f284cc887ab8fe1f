/** `automem model check`: opens a model, asks it what it can do, and says what each missing capability costs. */
import type { CheckLine } from "../core/check-line.ts";
import { AutomemError, ConfigError } from "../core/errors.ts";
import type { ProbeFacts } from "../inference/probe/facts.ts";
import { judgeModel, unreachableLine } from "../inference/probe/judge.ts";
import { probeModel } from "../inference/probe/probe.ts";
import type { App } from "./app.ts";
import { keepModelCheck } from "./checks/model-checks.ts";
import { openRunModel } from "./models.ts";

export interface ModelCheck {
  model: string;
  /** It was opened and answered. */
  reachable: boolean;
  lines: CheckLine[];
  /** Absent where it could not be opened. */
  facts?: ProbeFacts;
}

export interface ModelCheckOptions {
  /** As for a run where it is not given. */
  contextTokens?: number | undefined;
  /** Milliseconds for each call. */
  timeoutMs: number;
  signal: AbortSignal;
  onStep?: ((step: string) => void) | undefined;
}

/**
 * What was found is kept in the home, for the list of models and the page. Throws `ConfigError` for a name or context that cannot be used; a server
 * that is not there is a result.
 */
export async function checkModel(app: App, model: string, options: ModelCheckOptions): Promise<ModelCheck> {
  const check = await askModel(app, model, options);
  const { reachable, lines, facts } = check;
  await keepModelCheck(app, { model, digest: facts?.identity.digest, reachable, lines });
  return check;
}

async function askModel(app: App, model: string, options: ModelCheckOptions): Promise<ModelCheck> {
  options.onStep?.("open");
  let opened: Awaited<ReturnType<typeof openRunModel>>;
  try {
    opened = await openRunModel(app, { model, contextTokens: options.contextTokens, parallel: 1 });
  } catch (fault) {
    if (!(fault instanceof AutomemError) || fault instanceof ConfigError) throw fault;
    return { model, reachable: false, lines: [unreachableLine(fault)] };
  }
  try {
    const { timeoutMs, signal, onStep } = options;
    const facts = await probeModel(opened, { timeoutMs, signal, onStep, nonce: crypto.randomUUID() });
    return { model, reachable: !("fault" in facts.answered), lines: judgeModel(facts), facts };
  } finally {
    await opened.close();
  }
}
