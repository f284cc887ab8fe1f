/** Static copies for tests, read from their files as the page reads them, without a browser. */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { openApp } from "../../src/app/app.ts";
import { ConfigError } from "../../src/core/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { copyAnswers } from "../../src/web/copy/answers.ts";
import { type CopyDone, type CopyRequest, writeCopy } from "../../src/web/copy/write-copy.ts";

/** Copies of a store whose folder is `HOME/store`. */
export function copyOf(
  store: Store,
  folder: string,
  changes: Partial<CopyRequest> = {},
  environment: Record<string, string> = {},
): Promise<CopyDone> {
  return writeCopy(openApp({ AUTOMEM_HOME: dirname(store.folder), ...environment }), {
    folder,
    references: [],
    signal: new AbortController().signal,
    onBegin: () => undefined,
    onProgress: () => undefined,
    ...changes,
  });
}

/** What a data file holds; it must be a call of one function with two texts that can be nothing else. */
export function unpack(script: string): { name: string; value: unknown } {
  const found = /^automemCopy\("([A-Za-z0-9._/-]+)","([A-Za-z0-9+/=]+)"\);\n$/.exec(script);
  if (found === null) throw new Error(`not a data file: ${script.slice(0, 80)}`);
  return { name: found[1]!, value: JSON.parse(gunzipSync(Buffer.from(found[2]!, "base64")).toString()) };
}

/** Answers of the copy in a folder. */
export function answersOf(folder: string): (path: string) => Promise<{ status: number; body: unknown }> {
  const ask = copyAnswers(async (name) => {
    const script = await readFile(join(folder, "data", `${name}.js`), "utf8").catch(() => undefined);
    if (script === undefined) throw new ConfigError("This is not in the copy.", { code: "not-in-copy" });
    return unpack(script).value;
  });
  return async (path) => {
    const answer = await ask(`/api${path}`);
    return { status: answer.status, body: await answer.json() };
  };
}

/** Paths of all files from the folder on, sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
