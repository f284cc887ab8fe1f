/** The file that drives a scripted reviewer: its schema and how it is read. Documented for users in docs/reviewers.md. */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { StructuralChange } from "../../../core/campaign.ts";
import { ConfigError } from "../../../core/errors.ts";
import { hashBytes, hashJson } from "../../../core/hash.ts";
import type { PackageFiles } from "../../../scaffold/package-files.ts";

const Answer = v.union([
  v.strictObject({
    /** A folder, from the script's: the whole package. Default: the package that the review starts from. */
    package: v.optional(v.pipe(v.string(), v.minLength(1))),
    /** Then these files are written, by path, */
    write: v.optional(v.record(v.string(), v.string()), {}),
    /** and these removed. */
    remove: v.optional(v.array(v.string()), []),
    structuralChange: StructuralChange,
    analysis: v.optional(v.string(), "Scripted."),
    method: v.optional(v.string(), "Scripted."),
  }),
  v.strictObject({
    none: v.picklist(["exhausted", "no-proposal", "out-of-time", "out-of-turns", "out-of-tokens"]),
    reason: v.optional(v.string(), "The script says so."),
  }),
]);
export type ScriptedAnswer = v.InferOutput<typeof Answer>;

const ReviewScript = v.strictObject({
  schema: v.literal("automem.review-script/1"),
  /** By key (`r1a2c0`), or `*` for every other: what is answered first, and after each time it is sent back; the last one for ever. */
  reviews: v.record(v.string(), v.pipe(v.array(Answer), v.minLength(1))),
});

export interface LoadedScript {
  reviews: ReadonlyMap<string, readonly ScriptedAnswer[]>;
  /** The packages that are named, by name. */
  packages: ReadonlyMap<string, PackageFiles>;
  /** Over the script and all packages it names. */
  digest: string;
}

/** Throws `ConfigError`: `no-script`, `bad-script`. */
export async function loadReviewScript(path: string): Promise<LoadedScript> {
  const full = resolve(path);
  const text = await readFile(full, "utf8").catch((cause: Error) => {
    throw new ConfigError(`Cannot read the review script ${full}: ${cause.message}`, { code: "no-script", cause });
  });
  const reviews = new Map(Object.entries(parse(text, full).reviews));
  const packages = new Map<string, PackageFiles>();
  for (const answer of [...reviews.values()].flat()) {
    if ("none" in answer || answer.package === undefined) continue;
    packages.set(answer.package, await readFolder(resolve(dirname(full), answer.package)));
  }
  const contents = [...packages].map(([name, files]) => [
    name,
    [...files].map(([at, bytes]) => [at, hashBytes(bytes)]),
  ]);
  return { reviews, packages, digest: hashJson([hashBytes(text), contents]) };
}

function parse(text: string, path: string): v.InferOutput<typeof ReviewScript> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path} is not JSON: ${(cause as Error).message}`, { code: "bad-script", cause });
  }
  const parsed = v.safeParse(ReviewScript, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new ConfigError(`${path}: ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}. See docs/reviewers.md.`, {
    code: "bad-script",
  });
}

async function readFolder(folder: string): Promise<PackageFiles> {
  const paths: string[] = [];
  try {
    for await (const path of new Bun.Glob("**/*").scan({ cwd: folder, onlyFiles: true })) paths.push(path);
  } catch (cause) {
    throw new ConfigError(`Cannot read the package ${folder}: ${(cause as Error).message}`, {
      code: "no-script",
      cause,
    });
  }
  if (paths.length === 0) throw new ConfigError(`The package ${folder} is empty.`, { code: "no-script" });
  const files = new Map<string, Uint8Array>();
  for (const path of paths.sort()) files.set(path.replaceAll("\\", "/"), await readFile(join(folder, path)));
  return files;
}
