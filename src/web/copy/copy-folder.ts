/** The folder that a static copy is written into. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PrivateTexts } from "../../app/copy/private-texts.ts";
import { dataScript } from "./data-script.ts";

export class CopyFolder {
  readonly texts: PrivateTexts;
  readonly #folder: string;
  files = 0;
  bytes = 0;

  constructor(folder: string, texts: PrivateTexts) {
    this.#folder = folder;
    this.texts = texts;
  }

  /** A data file; what is private is out of the value already. */
  async write(name: string, value: unknown): Promise<void> {
    await this.writeFile(`data/${name}.js`, dataScript(name, value));
  }

  /** `path` from the folder on. */
  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    const full = join(this.#folder, path);
    await mkdir(dirname(full), { recursive: true });
    // A copy is whole when its folder gets its name; until then nothing of it counts.
    await writeFile(full, content);
    this.files += 1;
    this.bytes += typeof content === "string" ? Buffer.byteLength(content) : content.byteLength;
  }
}
