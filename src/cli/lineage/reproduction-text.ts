/** What came of doing a recorded thing again, as text for a terminal. */
import type pc from "picocolors";
import type { FieldCheck, Reproduction } from "../../app/reproduce/reproduce.ts";
import { printable } from "../terminal.ts";

type Colors = ReturnType<typeof pc.createColors>;

const words = { equal: "equal", different: "DIFFERENT", "not-done-again": "not done again", noted: "noted" } as const;

export function reproductionText(report: Reproduction, color: Colors): string {
  return [...partLines(report, color, ""), "", printable(summary(report))].join("\n");
}

function partLines({ record, kind, title, checks, parts }: Reproduction, color: Colors, indent: string): string[] {
  const width = Math.max(0, ...Object.values(words).map((word) => word.length));
  const head = `${indent}${color.bold(printable(`${kind} ${title}`))}  ${record.slice(0, 12)}`;
  const lines = checks.flatMap((check) => {
    const word = words[check.standing].padEnd(width);
    const [first = "", ...others] = checkLines(check);
    const paint = check.standing === "different" ? color.red : check.standing === "equal" ? color.green : color.yellow;
    return [`${indent}  ${paint(word)}  ${first}`, ...others.map((line) => `${indent}  ${" ".repeat(width)}  ${line}`)];
  });
  return [head, ...lines, ...parts.flatMap((part) => partLines(part, color, `${indent}  `))];
}

function checkLines({ field, standing, recorded, found, remark }: FieldCheck): string[] {
  const told = [remark, standing === "equal" ? recorded : undefined].filter((text) => text !== undefined);
  const first = told.length === 0 ? field : `${field}: ${told.join("; ")}`;
  const values =
    standing === "equal" || standing === "not-done-again"
      ? []
      : [
          [recorded, "recorded"],
          [found, "found"],
        ];
  const others = values.flatMap(([value, label]) => (value === undefined ? [] : [`${label?.padEnd(10)}${value}`]));
  return [first, ...others].map(printable);
}

function summary(report: Reproduction): string {
  const counts = { equal: 0, different: 0, "not-done-again": 0, noted: 0 };
  const count = ({ checks, parts }: Reproduction): void => {
    for (const { standing } of checks) counts[standing] += 1;
    for (const part of parts) count(part);
  };
  count(report);
  const told = `${counts.equal} equal, ${counts.different} different, ${counts["not-done-again"]} not done again`;
  const verdict = {
    equal: "Equal to what was recorded",
    different: "NOT equal to what was recorded",
    "not-done-again": "What was done again is equal; something could not be done again",
  }[report.standing];
  return `${verdict}: ${told}.`;
}
