/** Binaries that are built once and kept: what was built, for which processor, and whether it still runs here. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runTool } from "./llama-cpp-sdist.ts";

const CANNOT_BUILD = 3;

/** True if the binary is there, was built for this kind of processor, and starts. */
export async function isUsable(binary: string, cpuFlags: readonly string[]): Promise<boolean> {
  const record = Bun.file(recordOf(binary));
  if (!(await record.exists()) || !(await Bun.file(binary).exists())) return false;
  const { cpuFlags: builtFor } = (await record.json()) as { cpuFlags: string[] };
  if (!builtFor.every((flag) => cpuFlags.includes(flag))) return false;
  return (await Bun.spawn([binary, "--version"], { stdout: "ignore", stderr: "ignore" }).exited) === 0;
}

/** Puts what was built in its place; the record that makes it usable is written last. */
export async function keepBuild(
  built: string,
  binary: string,
  record: { version: string; cpuFlags: readonly string[] },
): Promise<void> {
  await mkdir(dirname(binary), { recursive: true });
  await rm(recordOf(binary), { force: true });
  await runTool(["cp", built, `${binary}.new`]);
  await rename(`${binary}.new`, binary);
  await writeFile(recordOf(binary), `${JSON.stringify(record)}\n`);
}

/** Prints the path that `build` gives, or one line that says why there is none; the exit code is then 3. */
export async function printBuild(name: string, build: (say: (line: string) => void) => Promise<string>): Promise<void> {
  try {
    console.log(await build((line) => console.error(line)));
  } catch (cause) {
    // On stdout, where the caller looks for the path or the reason.
    console.log(`${name} cannot be built here: ${cause instanceof Error ? cause.message : String(cause)}`);
    process.exitCode = CANNOT_BUILD;
  }
}

function recordOf(binary: string): string {
  return join(dirname(binary), "build.json");
}
