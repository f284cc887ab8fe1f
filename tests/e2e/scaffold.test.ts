/** Scaffolds in the binary: the compiler, its libraries and the catalogue's modules travel with it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { missing, Sandbox, titled } from "./automem.ts";

const reason = missing();
describe.skipIf(reason !== undefined)(titled("automem scaffold", reason), () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = await Sandbox.make();
  });
  afterAll(() => box.remove());

  test("new, check, a type error with its place, and export back to the same hash", async () => {
    expect((await box.run("scaffold", "new", "mine")).exitCode).toBe(0);
    const well = await box.run("scaffold", "check", "./mine");
    expect([well.exitCode, well.stderr]).toEqual([0, ""]);
    expect(well.stdout).toMatch(/^ok +types +4 modules, strict$/m);
    const path = join(box.folder, "mine/map.ts");
    await Bun.write(
      path,
      `${await Bun.file(path).text()}\nexport const wrong: number = new Set([1]).union(new Set()).size + "";\n`,
    );
    const broken = await box.run("scaffold", "check", "./mine", "--parent", "base", "--json");
    expect(broken.exitCode).toBe(1);
    const failed = JSON.parse(broken.stdout).lines.filter(({ status }: { status: string }) => status === "fail");
    expect(failed.map(({ name }: { name: string }) => name)).toEqual(["types", "types"]);
    expect(failed[0].found).toMatch(/^map\.ts:\d+: (Property 'union' does not exist|Type 'string' is not assignable)/);
    expect((await box.run("scaffold", "export", "base", "out")).exitCode).toBe(0);
    expect((await box.run("scaffold", "diff", "base", "./out")).stdout).toContain("The files are the same.");
  }, 120_000);
});
