/** One thing a plugin must do, as a sentence and a test of it. `automem plugin verify` and the conformance tests run the same checks. */
import { messageOf } from "../../core/errors.ts";

export interface Check<Subject> {
  /** Stable kebab-case name. */
  name: string;
  /** What the plugin does if the check passes: "refuses an unknown task". */
  sentence: string;
  /** Throws if the plugin does not; returns a reason if it cannot be told here. */
  run(subject: Subject): Promise<Skipped | undefined>;
}

/** The check says nothing about this plugin, and why. */
export interface Skipped {
  skipped: string;
}

export interface CheckResult {
  name: string;
  sentence: string;
  status: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  detail?: string;
}

/** The plugin does not do what the sentence says. */
export class CheckFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CheckFailure";
  }
}

/** Throws `CheckFailure` unless `condition` holds. */
export function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new CheckFailure(otherwise);
}

/** Runs the checks one after another; a failed one does not stop the next, an aborted signal does. */
export async function runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  onResult: (result: CheckResult, index: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    if (signal?.aborted) break;
    const result = await runCheck(check, subject);
    onResult(result, results.length);
    results.push(result);
  }
  return results;
}

export async function runCheck<Subject>(check: Check<Subject>, subject: Subject): Promise<CheckResult> {
  const { name, sentence } = check;
  try {
    const outcome = await check.run(subject);
    if (outcome === undefined) return { name, sentence, status: "passed" };
    return { name, sentence, status: "skipped", detail: outcome.skipped };
  } catch (cause) {
    // Whatever a check throws, also an error of the plugin's process, is the reason why it did not pass.
    return { name, sentence, status: "failed", detail: messageOf(cause) };
  }
}
