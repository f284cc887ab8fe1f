/** What came of doing a recorded thing again: field by field, and part by part. Pure. */
import type { Hash } from "../../core/hash.ts";
import { firstDifference } from "../../store/first-difference.ts";

/** `not-done-again`: it could not be done; nothing is said about whether it would be equal. */
export type Standing = "equal" | "different" | "not-done-again";

export interface FieldCheck {
  field: string;
  /** `noted`: another version or machine than then, which by itself makes nothing different. */
  standing: Standing | "noted";
  /** As recorded and as found; of a long value its hash, or where it first differs. */
  recorded?: string | undefined;
  found?: string | undefined;
  /** One sentence. */
  remark?: string | undefined;
}

export interface Reproduction {
  record: Hash;
  /** `episode`, `dataset`, ... */
  kind: string;
  /** For people. */
  title: string;
  standing: Standing;
  checks: FieldCheck[];
  parts: Reproduction[];
}

/** Puts a report together: different if anything is, else not done again if anything was not. */
export function reproduction(
  about: Pick<Reproduction, "record" | "kind" | "title">,
  checks: readonly FieldCheck[],
  parts: readonly Reproduction[] = [],
): Reproduction {
  const standings = [...checks, ...parts].map(({ standing }) => standing);
  const standing = standings.includes("different")
    ? "different"
    : standings.includes("not-done-again")
      ? "not-done-again"
      : "equal";
  return { ...about, standing, checks: [...checks], parts: [...parts] };
}

/** Two JSON values: equal, or where they first differ. `shown` is told in their place where they are equal. */
export function compared(field: string, recorded: unknown, found: unknown, shown?: string): FieldCheck {
  const difference = firstDifference(recorded, found);
  if (difference === undefined) return { field, standing: "equal", recorded: shown ?? short(recorded) };
  const at = difference.path === "" ? {} : { remark: `first difference at ${difference.path}` };
  return { field, standing: "different", recorded: difference.recorded, found: difference.found, ...at };
}

/** The same for what may lawfully be another: versions, packages, machines. */
export function noted(field: string, recorded: unknown, found: unknown, shown?: string): FieldCheck {
  const check = compared(field, recorded, found, shown);
  return check.standing === "different" ? { ...check, standing: "noted" } : check;
}

export function remark(field: string, text: string): FieldCheck {
  return { field, standing: "noted", remark: text };
}

export function notDoneAgain(field: string, why: string): FieldCheck {
  return { field, standing: "not-done-again", remark: why };
}

const longest = 80;

function short(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}
