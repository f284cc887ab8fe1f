/** The lines of the type check: faults, modules that nothing imports, writes that hide from it. */
import { type CheckLine, failLine, okLine, warnLine } from "../../core/check-line.ts";
import { unimportedModules } from "../../scaffold/check/imports.ts";
import { sourceFaults } from "../../scaffold/check/source-limits.ts";
import { checkTypes, type TypeFault } from "../../scaffold/check/type-check.ts";
import { untypedWrites } from "../../scaffold/check/untyped-writes.ts";
import type { CheckedPackage } from "../../scaffold/package-files.ts";

/** Faults told one by one. */
const toldFaults = 20;

/** Sources that no compiler should be given; none: go on with `typeLines`. */
export function sourceLines({ texts }: CheckedPackage): CheckLine[] {
  return faultLines("types", sourceFaults(texts));
}

export function typeLines({ texts, manifest }: CheckedPackage): CheckLine[] {
  const { faults, modules, checker } = checkTypes(texts);
  const lines: CheckLine[] = [];
  if (faults.length === 0) lines.push(okLine("types", `${modules.size} modules, strict`));
  lines.push(...faultLines("types", faults));
  lines.push(...faultLines("phases", untypedWrites(modules, checker)));
  for (const path of unimportedModules(modules, manifest.entry)) {
    lines.push(warnLine("modules", `${path} is imported by nothing.`, "Import it or leave it out."));
  }
  return lines;
}

function faultLines(name: string, faults: readonly TypeFault[]): CheckLine[] {
  const lines = faults
    .slice(0, toldFaults)
    .map(({ path, line, message }) => failLine(name, `${path}${line > 0 ? `:${line}` : ""}: ${message}`, ""));
  if (faults.length > toldFaults) lines.push(failLine(name, `${faults.length - toldFaults} more faults.`, ""));
  return lines;
}
