/** A package is self-contained: what two packages share stands in both, and must stay the same. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..", "..", "scaffolds");

async function texts(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const path of new Bun.Glob("**/*").scan({ cwd: join(root, folder), onlyFiles: true })) {
    found[path.replaceAll("\\", "/")] = await Bun.file(join(root, folder, path)).text();
  }
  return found;
}

test("the shared files of the packages for MiniHack and NetHack are equal", async () => {
  const minihack = await texts("minihack/nle");
  expect(Object.keys(minihack).length).toBeGreaterThan(15);
  expect(await texts("nethack/nle")).toEqual(minihack);
  for (const file of ["operations.ts", "prompts/plan.md"]) {
    expect(await Bun.file(join(root, "nethack", file)).text()).toBe(
      await Bun.file(join(root, "minihack", file)).text(),
    );
  }
});
