/** Requirement locks: every package pinned to one version with hashes, and no word on where it comes from. */
import { PluginError } from "../../core/errors.ts";

export interface LockedPackage {
  name: string;
  version: string;
}

/** Options a lock may not set: the index and its mirrors are the user's choice. */
const foreign =
  /^\s*(-i\b|-f\b|-r\b|-c\b|-e\b|--index-url|--extra-index-url|--find-links|--trusted-host|--requirement|--constraint|--editable)|:\/\/|\s@\s/;

/**
 * The packages of a lock, in its order. Throws `PluginError` (`bad-lock`) for a line that is not `name==version` with at least one
 * `--hash=sha256:...`, or that names a host. `from` names the file in errors.
 */
export function parseLock(text: string, from: string): LockedPackage[] {
  const packages: LockedPackage[] = [];
  const lines = text.replace(/\\\r?\n/g, " ").split(/\r?\n/);
  for (const raw of lines) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    if (foreign.test(line)) throw bad(from, line, "a lock names packages only, not where they come from");
    const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?\s*==\s*([^\s;]+)/.exec(line);
    if (match === null) throw bad(from, line, "expected NAME==VERSION with hashes");
    if (!/--hash=sha256:[0-9a-f]{64}\b/.test(line)) throw bad(from, line, "no --hash=sha256:...");
    packages.push({ name: match[1]!, version: match[3]! });
  }
  return packages;
}

function bad(from: string, line: string, why: string): PluginError {
  const shown = line.length > 80 ? `${line.slice(0, 80)}...` : line;
  return new PluginError(`${from}: "${shown}": ${why}.`, { code: "bad-lock" });
}
