/** What a check found, line by line, and as text for reviewers and people. Deterministic: no times, no paths of this machine. */
import type { CheckLine } from "../../core/check-line.ts";

export interface CheckReport {
  /** No line failed. */
  passed: boolean;
  /** In the order of the checks. */
  lines: readonly CheckLine[];
}

export function checkReport(lines: readonly CheckLine[]): CheckReport {
  return { passed: lines.every(({ status }) => status !== "fail"), lines };
}

/** Failures first, then warnings, then what is well; each with what to do. */
export function checkText({ passed, lines }: CheckReport): string {
  const of = (status: CheckLine["status"]) => lines.filter((line) => line.status === status);
  const told = [...of("fail"), ...of("warn"), ...of("ok")].map(lineText);
  return [
    passed ? "The check passed." : `The check FAILED: ${of("fail").length} of ${lines.length} findings.`,
    ...told,
  ].join("\n");
}

function lineText({ name, status, found, cost }: CheckLine): string {
  return `${status.toUpperCase().padEnd(4)} ${name}: ${found}${cost === "" ? "" : ` ${cost}`}`;
}
