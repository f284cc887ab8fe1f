/** Changes on real packages: each passes the check, and they can be put on top of each other. */
import { describe, expect, test } from "bun:test";
import { checkScaffold } from "../../../../src/evolve/check/check-scaffold.ts";
import { allChanges } from "../../../../src/evolve/reviewer/catalogue/all-changes.ts";
import { applyChange, hasChange, nextVersion } from "../../../../src/evolve/reviewer/catalogue/apply-change.ts";
import { partTexts } from "../../../../src/evolve/reviewer/catalogue/part-texts.js";
import { checkText } from "../../../../src/scaffold/check/check-report.ts";
import { checkPackage, type PackageFiles } from "../../../../src/scaffold/package-files.ts";
import { record } from "../../../run/replay/recording.ts";
import { loadBase } from "../../../scaffolds/base-package.ts";
import { shipped, withChanges } from "./shipped.ts";

async function failures(files: PackageFiles, parent: PackageFiles, played = true): Promise<string> {
  const recorded = played ? [await record(await loadBase(), { steps: 8 })] : undefined;
  const report = await checkScaffold(files, { parent, recorded });
  return report.passed ? "" : checkText(report);
}

describe("each change, on base", () => {
  for (const change of allChanges) {
    test(`"${change.name}" passes the check as a structural change`, async () => {
      const base = await shipped("base");
      expect(hasChange(base, change)).toBe(false);
      const revised = applyChange(base, change);
      expect(hasChange(revised, change)).toBe(true);
      expect(await failures(revised, base)).toBe("");
    });
  }
});

describe("all changes together", () => {
  for (const name of ["base", "courier"]) {
    test(`pass the check on ${name}`, async () => {
      const files = await shipped(name);
      expect(await failures(withChanges(files, allChanges), files, false)).toBe("");
    });
  }
});

describe("a changed package", () => {
  test("keeps what was there, counts its version up, names each change in its notes, and is the same each time", async () => {
    const base = await shipped("base");
    const [first, second] = [allChanges[0]!, allChanges[1]!];
    const once = applyChange(base, first);
    const twice = applyChange(once, second);
    for (const [path, bytes] of base) {
      if (!["scaffold.json", "NOTES.md"].includes(path)) expect(twice.get(path)).toEqual(bytes);
    }
    const { manifest, texts } = checkPackage(twice);
    expect(manifest).toMatchObject({ name: "base", version: "0.3.0", entry: "revised-2.ts" });
    expect(texts.get("revised-2.ts")).toContain('import inner from "./revised-1.ts";');
    expect(texts.get("NOTES.md")).toContain(`- ${first.name}: ${first.method}\n- ${second.name}: ${second.method}\n`);
    expect(checkPackage(withChanges(base, [first, second])).hash).toBe(checkPackage(twice).hash);
  });

  test("has the version after the one it was made from", () => {
    expect(nextVersion("0.1.0")).toBe("0.2.0");
    expect(nextVersion("3.9.7")).toBe("3.10.0");
  });

  test("carries every module that its change needs, and no change shares a name or a part", () => {
    for (const { part, needs } of allChanges)
      for (const file of [part, ...needs]) expect(partTexts[file]).toBeDefined();
    for (const key of ["name", "part", "wrapper"] as const) {
      expect(new Set(allChanges.map((change) => change[key])).size).toBe(allChanges.length);
    }
  });
});
