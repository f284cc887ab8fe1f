/** The checks that a folder of the home keeps. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { namesIn } from "../../platform/names-in.ts";

/** In order of their files' names. Files of another form are left out; a folder that is not there has none. */
export async function readChecks<Schema extends v.GenericSchema>(
  folder: string,
  schema: Schema,
): Promise<v.InferOutput<Schema>[]> {
  const parse = v.pipe(v.string(), v.parseJson(), schema);
  const checks: v.InferOutput<Schema>[] = [];
  for (const name of (await namesIn(folder)).filter((name) => name.endsWith(".json")).sort()) {
    const parsed = v.safeParse(parse, await readFile(join(folder, name), "utf8"));
    if (parsed.success) checks.push(parsed.output);
  }
  return checks;
}
