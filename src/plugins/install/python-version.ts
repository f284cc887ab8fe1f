/** Finds a Python that a plugin can use. */
import { PluginError } from "../../core/errors.ts";
import { CommandError, runCommand } from "../../platform/run-command.ts";
import { type Environment, installerEnvironment } from "../host-environment.ts";

export interface Python {
  /** Absolute path of the interpreter itself, not of a shim. */
  path: string;
  /** As `3.11.7`. */
  version: string;
  /** False where `venv` or `ensurepip` is missing, as on Debian without python3-venv. */
  canMakeEnvironments: boolean;
}

/** Newest first among the versioned ones; plain `python3` is what the user most likely means. */
const candidates = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python"];

const question = `
import importlib.util, json, os, sys
print(json.dumps({
    "path": os.path.realpath(sys.executable) if sys.prefix == sys.base_prefix else sys.executable,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "venv": all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip")),
}))`;

/** Every Python on the path that answers, in order of preference, one entry for each version. */
export async function findPythons(environment: Environment): Promise<Python[]> {
  const found = new Map<string, Python>();
  for (const command of candidates) {
    const python = await ask(command, environment);
    if (python === undefined) continue;
    const known = found.get(python.version);
    if (known === undefined || (!known.canMakeEnvironments && python.canMakeEnvironments))
      found.set(python.version, python);
  }
  return [...found.values()];
}

/** The first that satisfies `range`. Throws `PluginError` (`python-missing`) that says what is there and what to do. */
export function choosePython(pythons: readonly Python[], range: string, plugin: string): Python {
  const fitting = pythons.filter((python) => satisfies(python.version, range));
  const chosen = fitting.find((python) => python.canMakeEnvironments) ?? fitting[0];
  if (chosen !== undefined) return chosen;
  const have =
    pythons.length === 0
      ? "no Python was found on the PATH"
      : `found on the PATH: ${pythons.map((each) => each.version).join(", ")}`;
  throw new PluginError(
    `Plugin ${plugin} needs Python ${range}; ${have}. Install one (on Debian or Ubuntu: apt-get install python3 python3-venv) or uv, which brings its own.`,
    { code: "python-missing" },
  );
}

/** True if `version` fits a range such as `>=3.11,<3.13`. `==3.11` means any 3.11. */
export function satisfies(version: string, range: string): boolean {
  return range.split(",").every((part) => {
    const match = /^\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)*)\s*$/.exec(part);
    if (match === null) return false;
    const wanted = match[2]!.split(".").map(Number);
    const have = version.split(".").map(Number);
    const order = compare(have, wanted);
    const starts = wanted.every((number, index) => have[index] === number);
    switch (match[1]) {
      case ">=":
        return order >= 0;
      case "<=":
        return order <= 0 || starts;
      case ">":
        return order > 0 && !starts;
      case "<":
        return order < 0;
      case "==":
        return starts;
      default:
        return !starts;
    }
  });
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

async function ask(command: string, environment: Environment): Promise<Python | undefined> {
  try {
    const env = installerEnvironment(environment);
    const answer = JSON.parse(await runCommand({ command, args: ["-c", question], env, timeoutMs: 20_000 }));
    return { path: answer.path, version: answer.version, canMakeEnvironments: answer.venv };
  } catch (cause) {
    // Not there, a shim without a version behind it, or a Python too old to answer: not a candidate.
    if (cause instanceof CommandError || cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
