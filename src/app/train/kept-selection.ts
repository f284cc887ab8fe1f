/** Keeps the answers of a selector that asks somebody while a dataset is built, so that a build that was stopped goes on with what is still owed. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { Spending } from "../../campaign/spending.ts";
import type { DurableLog } from "../../core/durable-log.ts";
import { StoreError } from "../../core/errors.ts";
import { hashJson } from "../../core/hash.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import { removeFolder } from "../../platform/remove-folder.ts";
import { DurableSelector } from "../../train/campaign/durable-selector.ts";
import type { OpenSelector } from "../../train/campaign/parts.ts";
import type { TrainingEpisode } from "../../train/candidates/training-seeds.ts";
import type { App } from "../app.ts";

export interface KeptSelection {
  selector: DurableSelector;
  /** Once its dataset is built, it need not be known any more. */
  forget(): Promise<void>;
}

/** The same selector over the same episodes finds what it had answered before. */
export function keptSelection(app: App, open: OpenSelector, episodes: readonly TrainingEpisode[]): KeptSelection {
  const records = [...new Set(episodes.map(({ record }) => record))].sort();
  const key = hashJson([JSON.parse(JSON.stringify(open.selector.identity)), records]);
  const folder = join(app.home.folder, "work", `selection-${key.slice(0, 16)}`);
  const parts = { log: new FolderLog(folder), clock: app.clock, spending: new Spending({}), prefix: "answer" };
  return { selector: new DurableSelector(open, parts), forget: () => removeFolder(folder) };
}

/** A result is a file of JSON. */
class FolderLog implements DurableLog {
  readonly #folder: string;
  /** Known in this process. */
  readonly #names = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  async once<Schema extends v.GenericSchema>(
    name: string,
    schema: Schema,
    work: () => Promise<v.InferOutput<Schema>>,
  ): Promise<v.InferOutput<Schema>> {
    const path = join(this.#folder, `${name.replaceAll("/", "-")}.json`);
    const before = await readIfThere(path);
    const text = before ?? JSON.stringify(await work());
    const value = parsed(schema, text, path);
    if (before === undefined) await writeAtomic(path, text);
    this.#names.add(name);
    return value;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new StoreError(`Cannot read ${path}, the answer of a selector: ${(cause as Error).message}`, {
      code: "unreadable",
      cause,
    });
  }
}

function parsed<Schema extends v.GenericSchema>(schema: Schema, text: string, path: string): v.InferOutput<Schema> {
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (found.success) return found.output;
  throw new StoreError(
    `${path}, the answer of a selector, cannot be used: ${found.issues[0].message}. Delete its folder, and it is asked again.`,
    { code: "bad-answer-file" },
  );
}
