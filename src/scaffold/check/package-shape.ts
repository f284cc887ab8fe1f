/** What a package's entry exports: hooks and operations by name, without playing. */

import type { PackageShape } from "../hook-results.ts";
import { HookRunner } from "../hook-runner.ts";
import { packageModules } from "../modules.ts";
import { checkPackage, type PackageFiles } from "../package-files.ts";

/** Loads the modules in a sandbox of their own. Throws `ScaffoldError`. */
export async function packageShape(files: PackageFiles): Promise<PackageShape> {
  const checked = checkPackage(files);
  return (await HookRunner.open(checked.manifest, packageModules(checked), 0)).shape;
}
