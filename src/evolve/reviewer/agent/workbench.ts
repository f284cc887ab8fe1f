/** What the tools of a review work on: the evidence, the references and the package as it stands. Nothing here touches a disk but to read evidence. */
import { ScaffoldError } from "../../../core/errors.ts";
import { checkPackage, type PackageFiles, packageLimits } from "../../../scaffold/package-files.ts";
import type { References } from "../references.ts";
import type { CheckFindings, ReviewTask } from "../reviewer.ts";

export class Workbench {
  readonly task: ReviewTask;
  readonly references: References;
  readonly #files: Map<string, Uint8Array>;
  readonly #findings = new Map<string, CheckFindings>();

  constructor(task: ReviewTask, references: References) {
    this.task = task;
    this.references = references;
    this.#files = new Map(task.start);
  }

  /** A copy of the package as it stands. */
  files(): PackageFiles {
    return new Map(this.#files);
  }

  /** True if a file differs from those the review began with. */
  changed(): boolean {
    const { start } = this.task;
    if (start.size !== this.#files.size) return true;
    return [...this.#files].some(([path, bytes]) => {
      const before = start.get(path);
      return before === undefined || !Buffer.from(bytes).equals(before);
    });
  }

  /** `undefined` if there is no such file. */
  text(path: string): string | undefined {
    const bytes = this.#files.get(path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** What is wrong, if it was not written. */
  write(path: string, text: string): string | undefined {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > packageLimits.fileBytes) {
      return `${path} would have ${bytes.length} bytes; a file has ${packageLimits.fileBytes} at most.`;
    }
    if (!this.#files.has(path) && this.#files.size >= packageLimits.files) {
      return `The package has ${packageLimits.files} files already, the most there may be.`;
    }
    this.#files.set(path, bytes);
    return undefined;
  }

  remove(path: string): boolean {
    return this.#files.delete(path);
  }

  /** Check, and if it passes replay. A package that cannot even be read as one is a finding too. */
  async examine(): Promise<CheckFindings> {
    const checked = await this.check();
    return checked.passed ? this.replay() : checked;
  }

  check(): Promise<CheckFindings> {
    return this.#found("check");
  }

  replay(): Promise<CheckFindings> {
    return this.#found("replay");
  }

  /** Looked at once for the same files: it takes seconds, and finds the same. */
  async #found(how: "check" | "replay"): Promise<CheckFindings> {
    try {
      const key = `${how} ${checkPackage(this.#files).hash}`;
      const findings = this.#findings.get(key) ?? (await this.task[how](this.files()));
      this.#findings.set(key, findings);
      return findings;
    } catch (fault) {
      if (fault instanceof ScaffoldError) return { passed: false, text: fault.message };
      throw fault;
    }
  }
}
