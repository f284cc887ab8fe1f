/** What an external reviewer left, read as hostile: nothing beside the package and the result files is looked at. */
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { BadResult, parseLeftJson, readLeftText, requireFolder } from "../../../campaign/program/left-files.ts";
import { ReviewSpending, StructuralChange } from "../../../core/campaign.ts";
import { packageLimits } from "../../../scaffold/package-files.ts";

const TEXT_BYTES = 256 * 1024;
const FOLDER_DEPTH = 20;

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
    resultFiles.map((name) => readLeftText(join(result, name), `result/${name}`, TEXT_BYTES)),
  );
  const missing = resultFiles.filter((_, index) => !([analysis, method, change][index] ?? "").trim());
  if (missing.length > 0) throw new BadResult(`It left no ${missing.map((name) => `result/${name}`).join(", no ")}.`);
  const usage = await readLeftText(join(result, "usage.json"), "result/usage.json", TEXT_BYTES);
  return {
    files: await readPackage(join(folder, "package")),
    structuralChange: parseLeftJson(StructuralChange, change as string, "result/change.json"),
    analysis: analysis as string,
    method: method as string,
    ...(usage === undefined ? {} : { usage: parseLeftJson(ReviewSpending, usage, "result/usage.json") }),
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
      const text = (await readLeftText(join(root, path), `package/${path}`, packageLimits.fileBytes)) ?? "";
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
