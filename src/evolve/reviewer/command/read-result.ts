/**
 * What an external reviewer left, read as hostile: plain files only, opened without following links, within limits; nothing beside the package
 * and the result files is looked at.
 */
import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { ReviewSpending, StructuralChange } from "../../../core/campaign.ts";
import { packageLimits } from "../../../scaffold/package-files.ts";

const TEXT_BYTES = 256 * 1024;
const FOLDER_DEPTH = 20;

/** Why nothing is taken back: for the record and for people. */
export class BadResult extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadResult";
  }
}

export const resultFiles = ["analysis.md", "method.md", "change.json"] as const;

export const LeftResult = v.strictObject({
  /** Every file of the package by path. */
  files: v.record(v.string(), v.string()),
  structuralChange: StructuralChange,
  analysis: v.string(),
  method: v.string(),
  /** Its own word, from `result/usage.json`, if it left that. */
  usage: v.optional(ReviewSpending),
});
export type LeftResult = v.InferOutput<typeof LeftResult>;

/** Throws `BadResult`. The program and all its processes must have ended. */
export async function readResult(folder: string): Promise<LeftResult> {
  const result = join(folder, "result");
  await requireFolder(result, "result");
  const [analysis, method, change] = await Promise.all(
    resultFiles.map((name) => readText(join(result, name), `result/${name}`, TEXT_BYTES)),
  );
  const missing = resultFiles.filter((_, index) => !([analysis, method, change][index] ?? "").trim());
  if (missing.length > 0) throw new BadResult(`It left no ${missing.map((name) => `result/${name}`).join(", no ")}.`);
  const usage = await readText(join(result, "usage.json"), "result/usage.json", TEXT_BYTES);
  return {
    files: await readPackage(join(folder, "package")),
    structuralChange: parseJson(StructuralChange, change as string, "result/change.json"),
    analysis: analysis as string,
    method: method as string,
    ...(usage === undefined ? {} : { usage: parseJson(ReviewSpending, usage, "result/usage.json") }),
  };
}

async function readPackage(root: string): Promise<Record<string, string>> {
  await requireFolder(root, "package");
  const files: Record<string, string> = Object.create(null);
  let count = 0;
  let totalBytes = 0;
  const walk = async (below: string, depth: number): Promise<void> => {
    if (depth > FOLDER_DEPTH) throw new BadResult(`package/${below} is deeper than ${FOLDER_DEPTH} folders.`);
    const entries = (await readdir(join(root, below))).sort();
    for (const entry of entries) {
      const path = below === "" ? entry : `${below}/${entry}`;
      const facts = await lstat(join(root, path));
      if (facts.isDirectory()) {
        await walk(path, depth + 1);
        continue;
      }
      count += 1;
      if (count > packageLimits.files) throw new BadResult(`package/ has more than ${packageLimits.files} files.`);
      const text = (await readText(join(root, path), `package/${path}`, packageLimits.fileBytes)) ?? "";
      totalBytes += facts.size;
      if (totalBytes > packageLimits.totalBytes) {
        throw new BadResult(`package/ has more than ${packageLimits.totalBytes} bytes.`);
      }
      files[path] = text;
    }
  };
  await walk("", 0);
  return { ...files };
}

async function requireFolder(path: string, shown: string): Promise<void> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts?.isDirectory() !== true) throw new BadResult(`${shown}/ is no folder any more.`);
}

/** `undefined` if there is no such file. */
async function readText(path: string, shown: string, limitBytes: number): Promise<string | undefined> {
  const before = await lstat(path).catch(() => undefined);
  if (before === undefined) return undefined;
  // Looked at before it is opened, since opening a device or a pipe has effects.
  if (before.isSymbolicLink()) throw new BadResult(`${shown} is a symbolic link; only plain files are taken back.`);
  if (!before.isFile()) throw new BadResult(`${shown} is not a plain file.`);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (cause: Error) => {
      throw new BadResult(`${shown} cannot be read: ${cause.message}`);
    },
  );
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new BadResult(`${shown} is not a plain file.`);
    if (facts.nlink > 1)
      throw new BadResult(`${shown} is a hard link to another file; only plain files are taken back.`);
    if (facts.size > limitBytes) throw new BadResult(`${shown} has ${facts.size} bytes; ${limitBytes} at most.`);
    const bytes = await file.readFile();
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (fault) {
    if (fault instanceof TypeError) throw new BadResult(`${shown} is not UTF-8 text.`);
    throw fault;
  } finally {
    await file.close();
  }
}

function parseJson<Schema extends v.GenericSchema>(schema: Schema, text: string, shown: string): v.InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadResult(`${shown} is not JSON: ${(cause as Error).message}`);
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new BadResult(`${shown}: ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`);
}
