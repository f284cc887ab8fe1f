/** What can be said of Python plugins without a network: everything up to the first package. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AutomemError } from "../../src/core/errors.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { addPlugin } from "../../src/plugins/install/add.ts";
import { firstPartyFolder } from "../../src/plugins/install/first-party.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "automem-python-"));
});
afterEach(() => rm(home, { recursive: true }));

/** A folder on the path with a `python3` that answers as told, and says no to everything else. */
async function fakePython(answer: { version: string; venv: boolean }): Promise<string> {
  const folder = join(home, "bin");
  const path = join(folder, "python3");
  await mkdir(folder);
  const told = JSON.stringify({ path, ...answer });
  await writeFile(
    path,
    `#!/bin/sh\ncase "$1$2" in -cimport*|-c*json*) echo '${told}';; *) echo "no module named $2" >&2; exit 1;; esac\n`,
  );
  await chmod(path, 0o755);
  return folder;
}

async function faultOf(path: string, manifest: object = {}): Promise<AutomemError> {
  const folder = join(home, "plugin");
  const whole = {
    schema: "automem.plugin/1",
    name: "tiny",
    kind: "game",
    version: "0.1.0",
    protocolVersion: 1,
    title: "Tiny",
    description: "Nothing.",
    licence: "MIT",
    entry: { runtime: "python", python: ">=3.10", target: "tiny:Tiny" },
    ...manifest,
  };
  await mkdir(folder);
  await writeFile(join(folder, "plugin.json"), JSON.stringify(whole));
  const registry = new PluginRegistry(join(home, "home"));
  const work = addPlugin(
    { plugin: folder, listener: () => undefined },
    {
      registry,
      firstParty: firstPartyFolder(join(import.meta.dir, "..", "..", "plugins")),
      automemVersion: "0.0.0",
      environment: { ...process.env, PATH: path },
      clock: systemClock,
      fetch: () => Promise.reject(new Error("no network in tests")),
    },
  );
  const fault = await work.then(
    () => undefined,
    (cause: AutomemError) => cause,
  );
  expect((await registry.list()).plugins).toEqual([]);
  if (fault === undefined) throw new Error("it was installed");
  return fault;
}

test("without Python the error says what is needed and how it comes", async () => {
  const fault = await faultOf("/nowhere");
  expect(fault.code).toBe("python-missing");
  expect(fault.message).toContain("apt-get install python3 python3-venv");
});

test("with a Python that does not fit the error says which ones were found", async () => {
  const fault = await faultOf(await fakePython({ version: "3.8.1", venv: true }));
  expect(fault.message).toContain("needs Python >=3.10; found on the PATH: 3.8.1");
});

test("with Debian's Python without venv the error names the package", async () => {
  const fault = await faultOf(await fakePython({ version: "3.11.2", venv: false }));
  expect(fault.code).toBe("python3-venv-missing");
  expect(fault.message).toContain("apt-get install python3-venv (or python3.11-venv)");
});

test("a failed step is an error with the tool's last lines", async () => {
  const fault = await faultOf(await fakePython({ version: "3.11.2", venv: true }));
  expect(fault.code).toBe("install-failed");
  expect(fault.message).toContain("no module named venv");
});

test.skipIf(process.platform !== "linux")(
  "a missing system library is named with the command that brings it",
  async () => {
    const systemPackages = [
      { library: "libc.so.6", debian: "libc6", reason: "Everything." },
      { library: "libautomem-none.so.9", debian: "libautomem-none9", reason: "Draws the picture." },
    ];
    const fault = await faultOf(process.env.PATH!, { systemPackages });
    expect(fault.code).toBe("system-package-missing");
    expect(fault.message).toContain(
      "libautomem-none.so.9 (Draws the picture.). On Debian or Ubuntu: apt-get install libautomem-none9.",
    );
  },
);

test("a lock that is named but not there, or has no hashes, is refused before anything is made", async () => {
  expect((await faultOf(process.env.PATH!, { requirements: "requirements.lock" })).code).toBe("bad-lock");
});
