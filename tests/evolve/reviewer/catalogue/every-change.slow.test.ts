/** Every change of the catalogue on every scaffold that comes with automem. */
import { expect, test } from "bun:test";
import { checkScaffold } from "../../../../src/evolve/check/check-scaffold.ts";
import { allChanges } from "../../../../src/evolve/reviewer/catalogue/all-changes.ts";
import { applyChange } from "../../../../src/evolve/reviewer/catalogue/apply-change.ts";
import { checkText } from "../../../../src/scaffold/check/check-report.ts";
import { shipped, shippedNames } from "./shipped.ts";

for (const name of shippedNames) {
  test(`every change passes the check on ${name}`, async () => {
    const parent = await shipped(name);
    for (const change of allChanges) {
      const report = await checkScaffold(applyChange(parent, change), { parent });
      expect(report.passed ? change.name : checkText(report)).toBe(change.name);
    }
  }, 300_000);
}
