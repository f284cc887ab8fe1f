/** One finding of a check of the installation or of a model. */

export interface CheckLine {
  name: string;
  /** `fail`: something that is there does not work. `warn`: it works with less, or will fail later. */
  status: "ok" | "warn" | "fail";
  found: string;
  /** What it costs, or what to do; empty where all is well. */
  cost: string;
}

export function okLine(name: string, found: string): CheckLine {
  return { name, status: "ok", found, cost: "" };
}

export function warnLine(name: string, found: string, cost: string): CheckLine {
  return { name, status: "warn", found, cost };
}

export function failLine(name: string, found: string, cost: string): CheckLine {
  return { name, status: "fail", found, cost };
}
