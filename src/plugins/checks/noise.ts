/** A game class that prints at every turn, made from the plugin's own, to see whether the protocol's stdout is safe from it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { PythonEntry } from "../manifest.ts";
import type { Launch } from "../plugin-process.ts";

const moduleName = "automem_noise_check";

function noisyModule(entry: PythonEntry): string {
  const [module, name] = entry.target.split(":");
  return `
import os
from ${module} import ${name} as Quiet

print("automem-noise: import")


class Noisy(Quiet):
    def reset(self, *arguments, **named):
        _make_noise()
        return super().reset(*arguments, **named)

    def step(self, *arguments, **named):
        _make_noise()
        return super().step(*arguments, **named)


def _make_noise():
    print("automem-noise: Content-Length: 5\\r\\n\\r\\nprint")
    os.write(1, b"automem-noise: file descriptor 1\\n")
    os.system("echo automem-noise: from a child")
`;
}

/** Runs `work` with a launch of the noisy class; removes it afterwards. */
export async function withNoise<T>(
  launch: Launch,
  entry: PythonEntry,
  work: (noisy: Launch) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "automem-noise-"));
  try {
    await writeFile(join(folder, `${moduleName}.py`), noisyModule(entry));
    const path = [folder, launch.env.PYTHONPATH ?? ""].filter((part) => part !== "").join(delimiter);
    const args = launch.args.map((argument) => (argument === entry.target ? `${moduleName}:Noisy` : argument));
    return await work({ ...launch, args, env: { ...launch.env, PYTHONPATH: path } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
