/** Looks for the shared objects a plugin needs from the system, and names the packages that bring the missing ones. */
import { PluginError } from "../../core/errors.ts";
import { runCommand } from "../../platform/run-command.ts";
import { type Environment, installerEnvironment } from "../host-environment.ts";
import type { SystemPackage } from "../manifest.ts";

const probe = `
import ctypes, sys
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name)`;

/** Those whose library the loader does not find, in order. Needs Linux and a Python to ask; elsewhere nothing is reported missing. */
export async function missingSystemPackages(
  packages: readonly SystemPackage[],
  python: string,
  environment: Environment,
): Promise<SystemPackage[]> {
  if (packages.length === 0 || process.platform !== "linux") return [];
  const names = packages.map((each) => each.library);
  const env = installerEnvironment(environment);
  const missing = (await runCommand({ command: python, args: ["-c", probe, ...names], env, timeoutMs: 30_000 })).split(
    "\n",
  );
  return packages.filter((each) => missing.includes(each.library));
}

/** The error that names what is missing and the one command that brings it. */
export function missingPackagesError(plugin: string, missing: readonly SystemPackage[]): PluginError {
  const list = missing.map((each) => `${each.library} (${each.reason})`).join(", ");
  const debian = [...new Set(missing.map((each) => each.debian))].join(" ");
  return new PluginError(
    `Plugin ${plugin} needs from the system: ${list}. On Debian or Ubuntu: apt-get install ${debian}. Then add it again.`,
    { code: "system-package-missing", data: { debian } },
  );
}
