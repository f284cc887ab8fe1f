/** Every change of the catalogue, and all together in either order, on every scaffold that comes with automem. */
import { expect, test } from "bun:test";
import { checkScaffold } from "../../../../src/evolve/check/check-scaffold.ts";
import { allChanges } from "../../../../src/evolve/reviewer/catalogue/all-changes.ts";
import { applyChange } from "../../../../src/evolve/reviewer/catalogue/apply-change.ts";
import { checkText } from "../../../../src/scaffold/check/check-report.ts";
import { shipped, shippedNames, withChanges } from "./shipped.ts";

for (const name of shippedNames) {
  test(`every change passes the check on ${name}`, async () => {
    const parent = await shipped(name);
    for (const change of allChanges) {
      const report = await checkScaffold(applyChange(parent, change), { parent });
      expect(report.passed ? change.name : checkText(report)).toBe(change.name);
    }
    for (const changes of [allChanges, [...allChanges].reverse()]) {
      const report = await checkScaffold(withChanges(parent, changes), { parent });
      expect(report.passed ? "" : checkText(report)).toBe("");
    }
  }, 300_000);
}
