/** The scaffolds of this checkout, and packages with changes, for the tests of the catalogue. */
import { firstPartyFolder, firstPartyNames } from "../../../../src/app/first-party.ts";
import { allChanges } from "../../../../src/evolve/reviewer/catalogue/all-changes.ts";
import { applyChange } from "../../../../src/evolve/reviewer/catalogue/apply-change.ts";
import type { CatalogueChange } from "../../../../src/evolve/reviewer/catalogue/change.ts";
import type { PackageFiles } from "../../../../src/scaffold/package-files.ts";

export const shippedNames = await firstPartyNames("scaffolds");

export function shipped(name: string): Promise<PackageFiles> {
  return firstPartyFolder(`scaffolds/${name}`);
}

/** A change by its part. */
export function changeOf(part: string): CatalogueChange {
  const change = allChanges.find((each) => each.part === `${part}.ts`);
  if (change === undefined) throw new TypeError(`no change ${part}`);
  return change;
}

export function withChanges(files: PackageFiles, changes: readonly CatalogueChange[]): PackageFiles {
  return changes.reduce<PackageFiles>((revised, change) => applyChange(revised, change), files);
}
