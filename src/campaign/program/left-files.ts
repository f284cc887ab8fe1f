/** Files that an outside program left, read as hostile: plain UTF-8 files only, opened without following links, within limits. */
import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import * as v from "valibot";

/** Why nothing is taken back: for the record and for people. */
export class BadResult extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadResult";
  }
}

/** `shown`: its name for people. Throws `BadResult` for what is no folder any more. */
export async function requireFolder(path: string, shown: string): Promise<void> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts?.isDirectory() !== true) throw new BadResult(`${shown}/ is no folder any more.`);
}

/** `undefined` if there is no such file. Throws `BadResult`. The program and all its processes must have ended. */
export async function readLeftText(path: string, shown: string, limitBytes: number): Promise<string | undefined> {
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

/** Throws `BadResult` with the place. */
export function parseLeftJson<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
  shown: string,
): v.InferOutput<Schema> {
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
