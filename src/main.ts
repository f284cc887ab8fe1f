#!/usr/bin/env bun
/** Entry of the binary. Answers `--version` before loading anything else; the only place that ends the process. */
import { version } from "./app/version.ts";

if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  process.stdout.write(`${version}\n`);
} else {
  const { runCommandLine } = await import("./cli/program.ts");
  const exitCode = await runCommandLine(process.argv.slice(2));
  // A pipe takes what was written before the process ends.
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  process.exit(exitCode);
}
