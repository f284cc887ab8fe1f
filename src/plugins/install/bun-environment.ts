/** The npm packages of a plugin that runs on Bun: installed from its `bun.lock`, by the Bun inside automem, beside its source. */
import { PluginError } from "../../core/errors.ts";
import type { PluginFiles } from "../content-hash.ts";
import { installerEnvironment } from "../host-environment.ts";
import { runStep, type StepContext } from "./python-environment.ts";

/** Packages named in a plugin's `bun.lock`; 0 where it needs none. Throws `PluginError` (`bad-lock`) if it needs some and has no lock. */
export function countBunPackages(plugin: PluginFiles): number {
  const description = plugin.get("package.json");
  if (description === undefined) return 0;
  const { dependencies = {} } = JSON.parse(new TextDecoder().decode(description)) as {
    dependencies?: Record<string, string>;
  };
  if (Object.keys(dependencies).length === 0) return 0;
  const lock = plugin.get("bun.lock");
  if (lock === undefined) {
    throw new PluginError(
      "package.json has dependencies, but there is no bun.lock. Make one: bun install --lockfile-only",
      { code: "bad-lock" },
    );
  }
  const text = new TextDecoder().decode(lock);
  if (/:\/\//.test(text))
    throw new PluginError("bun.lock names a host; a lock names packages only.", { code: "bad-lock" });
  // One line a package: `"name": ["name@version", ...`.
  return text.split("\n").filter((line) => /^\s+"[^"]+": \["[^"]+@[^"]+"/.test(line)).length;
}

/**
 * Installs into `source/node_modules`. Builds of other platforms and optional packages (CUDA builds of hundreds of megabytes) are left out;
 * install scripts of packages do not run.
 * Throws `PluginError` (`install-failed`, `cancelled`).
 */
export async function installBunPackages(
  source: string,
  count: number,
  bun: string,
  context: StepContext,
): Promise<void> {
  if (count === 0) return;
  context.listener({
    phase: "packages",
    message: `Installing npm packages (${count} in the lock, all platforms)`,
    done: 0,
    total: count,
  });
  await runStep({
    command: bun,
    args: ["install", "--frozen-lockfile", "--production", "--omit=optional", "--ignore-scripts", "--no-progress"],
    env: { ...installerEnvironment(context.environment), BUN_BE_BUN: "1" },
    cwd: source,
    timeoutMs: 30 * 60_000,
    signal: context.signal,
    onLine: (line) => {
      const message = line.trim();
      // What Bun says of each package is passing; the count at the end stays.
      if (/^\d+ packages? installed/.test(message)) context.listener({ phase: "packages", message });
      else if (message !== "") context.listener({ phase: "packages", message, done: 0, total: count });
    },
  });
}
