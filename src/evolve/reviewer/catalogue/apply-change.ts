/**
 * Puts a change around the hooks of any package: a new entry module imports the old one and hands its hooks to the change's wrapper, so that
 * changes can be put on top of each other. Pure.
 */
import { ConfigError } from "../../../core/errors.ts";
import { checkPackage, type PackageFiles } from "../../../scaffold/package-files.ts";
import type { CatalogueChange } from "./change.ts";
import { partTexts } from "./part-texts.js";

/** Folder of the package that holds what changes add. */
const folder = "changes";

/** True if the package has the change already. */
export function hasChange(files: PackageFiles, change: CatalogueChange): boolean {
  return files.has(`${folder}/${change.part}`);
}

/** The package with the change; its version's middle number goes up by one. Throws `ScaffoldError` for what is no package. */
export function applyChange(files: PackageFiles, change: CatalogueChange): PackageFiles {
  const { manifest, texts } = checkPackage(files);
  const entry = freeName(files);
  const revised = new Map(texts);
  for (const part of [change.part, ...change.needs]) revised.set(`${folder}/${part}`, partText(part));
  revised.set(entry, entryText(manifest.entry, change));
  const { entry: _entry, version, ...rest } = manifest;
  revised.set("scaffold.json", `${JSON.stringify({ ...rest, version: nextVersion(version), entry }, null, 2)}\n`);
  revised.set("NOTES.md", `${notes(texts.get("NOTES.md"), manifest.name)}\n- ${change.name}: ${change.method}\n`);
  return new Map([...revised].map(([path, text]) => [path, new TextEncoder().encode(text)]));
}

/** `0.1.0` to `0.2.0`. */
export function nextVersion(version: string): string {
  const [major = "0", minor = "0"] = version.split(".");
  return `${major}.${Number(minor) + 1}.0`;
}

function entryText(inner: string, { part, wrapper, description }: CatalogueChange): string {
  return `/** ${description} Around ${inner}; made by the catalogue of automem. */
import { ${wrapper} } from "./${folder}/${part}";
import inner from "./${inner}";

export default ${wrapper}(inner);
`;
}

function freeName(files: PackageFiles): string {
  for (let count = 1; ; count++) if (!files.has(`revised-${count}.ts`)) return `revised-${count}.ts`;
}

function partText(part: string): string {
  const text = partTexts[part];
  if (text !== undefined) return text;
  throw new ConfigError(`The catalogue has no module ${part}: this automem was built wrongly.`, { code: "bad-build" });
}

function notes(text: string | undefined, name: string): string {
  const before = (text ?? `# ${name}`).trimEnd();
  return before.includes(notesTitle) ? before : `${before}\n\n${notesTitle}\n`;
}

const notesTitle = "## Changes by the catalogue";
