/** Writes the files of an evidence folder: read-only, none larger than about 100 KB, whole or not there at all. */
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { eachFolder, removeFolder } from "../../platform/remove-folder.ts";

/** A file takes lines up to this many bytes of UTF-8; what is more goes on in the next part. */
export const partBytes = 96_000;

export class FolderWriter {
  readonly #folder: string;
  readonly #partial: string;
  readonly #made = new Set<string>();

  /** `folder` is written beside, as `folder.partial`, and takes its name with `finish`. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#partial = `${folder}.partial`;
  }

  /** Removes what an earlier attempt left. */
  async begin(): Promise<void> {
    await removeFolder(this.#partial);
    await mkdir(this.#partial, { recursive: true });
  }

  /** `path`: relative, of our own making. Each file is written once. */
  async write(path: string, text: string): Promise<void> {
    const full = join(this.#partial, path);
    const folder = dirname(full);
    if (!this.#made.has(folder)) await mkdir(folder, { recursive: true });
    this.#made.add(folder);
    await writeFile(full, text, { flag: "wx", mode: 0o444 });
  }

  /** Lines as a file, or as several if they are many: see `splitLines`. Returns the number of files. */
  async writeLines(path: string, lines: readonly string[], head: readonly string[] = []): Promise<number> {
    const parts = splitLines(path, lines, head);
    for (const { path: own, text } of parts) await this.write(own, text);
    return parts.length;
  }

  /** Puts the folder in its place, instead of what stood there, and makes it read-only. */
  async finish(): Promise<void> {
    await removeFolder(this.#folder);
    await rename(this.#partial, this.#folder);
    await eachFolder(this.#folder, (folder) => chmod(folder, 0o555));
  }
}

/** `name.md`, `name+2.md`, ... (no name of our making or of memory has a `+`): each part begins with `head`, and all but the last end with the name of the next. */
export function splitLines(
  path: string,
  lines: readonly string[],
  head: readonly string[],
): { path: string; text: string }[] {
  const parts: { path: string; text: string }[] = [];
  let own = [...head];
  let size = bytesOf(own);
  for (const line of lines) {
    const bytes = Buffer.byteLength(line) + 1;
    if (size + bytes > partBytes && own.length > head.length) {
      own.push(
        `[Goes on in ${partPath(path, parts.length + 2)
          .split("/")
          .at(-1)}]`,
      );
      parts.push({ path: partPath(path, parts.length + 1), text: `${own.join("\n")}\n` });
      own = [...head];
      size = bytesOf(own);
    }
    own.push(line);
    size += bytes;
  }
  return [...parts, { path: partPath(path, parts.length + 1), text: own.map((line) => `${line}\n`).join("") }];
}

export function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

function partPath(path: string, part: number): string {
  if (part === 1) return path;
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") + 1 ? `${path.slice(0, dot)}+${part}${path.slice(dot)}` : `${path}+${part}`;
}
