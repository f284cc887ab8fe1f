/**
 * The steps of an episode as pages of 50, or fewer where they are long; each begins with the memory folder, or says where it stands. Every 500
 * steps the whole folder is kept, each file once for each content it had. Pages are written as they fill up.
 */
import { bytesOf, type FolderWriter, partBytes } from "./folder-writer.ts";
import { stepName } from "./long-texts.ts";
import { brokenLines, inline, quoted, safeName } from "./plain-text.ts";
import type { EntryOf, RecordedStep } from "./recorded-step.ts";
import { ruleBelow, StepCounts } from "./step-counts.ts";
import { StepWriter } from "./step-text.ts";

const stepsPerPage = 50;
const stepsPerSnapshot = 500;
/** Characters of memory that a page shows whole. */
const shownMemory = 4_000;
/** Leaves room for the head and the next page's name. */
const pageBytes = partBytes - 6_000;

interface Page {
  firstStep: number;
  lastStep: number;
  head: string[];
  lines: string[];
  sizeBytes: number;
  counts: StepCounts;
}

export class EpisodePages {
  /** First step and path (in the episode's folder) of each page written. */
  readonly written: { firstStep: number; path: string }[] = [];
  readonly totals = new StepCounts();
  readonly #writer: FolderWriter;
  readonly #folder: string;
  readonly #steps = new StepWriter();
  readonly #rows: string[] = [];
  /** File of memory to its content at the last snapshot and where that is. */
  #kept = new Map<string, { text: string; path: string }>();
  #page: Page | undefined;

  constructor(writer: FolderWriter, folder: string) {
    this.#writer = writer;
    this.#folder = folder;
  }

  /** Steps in order. */
  async add(step: RecordedStep, outcome: EntryOf<"observation"> | undefined): Promise<void> {
    const { stepIndex } = step;
    if (stepIndex % stepsPerSnapshot === 0) await this.#keepMemory(stepIndex, step.filesBefore);
    const { lines, long } = this.#steps.write(step, outcome);
    for (const { path, text } of long)
      await this.#writer.writeLines(`${this.#folder}/${path}`, brokenLines(text).flat());
    const sizeBytes = bytesOf(lines);
    const page = this.#page;
    const isFull = page !== undefined && page.sizeBytes + sizeBytes > pageBytes;
    if (isFull || stepIndex % stepsPerPage === 0) await this.#close();
    this.#page ??= this.#open(step);
    this.#page.lines.push(...lines);
    this.#page.sizeBytes += sizeBytes;
    this.#page.lastStep = stepIndex;
    this.#page.counts.add(step, outcome);
    this.totals.add(step, outcome);
  }

  /** Writes the last page and the index of pages. */
  async finish(title: string): Promise<void> {
    await this.#close();
    const head = [`# ${title}`, "", StepCounts.titles, ruleBelow(StepCounts.titles)];
    await this.#writer.writeLines(`${this.#folder}/index.md`, this.#rows, head);
  }

  #open(step: RecordedStep): Page {
    const head = [...this.#memoryLines(step), ""];
    return {
      firstStep: step.stepIndex,
      lastStep: step.stepIndex,
      head,
      lines: [],
      sizeBytes: bytesOf(head),
      counts: new StepCounts(),
    };
  }

  async #close(): Promise<void> {
    const page = this.#page;
    if (page === undefined) return;
    this.#page = undefined;
    const path = `steps/${stepName(page.firstStep)}-${stepName(page.lastStep)}.md`;
    const title = `# Steps ${page.firstStep} to ${page.lastStep}`;
    await this.#writer.writeLines(`${this.#folder}/${path}`, [title, "", ...page.head, ...page.lines]);
    this.written.push({ firstStep: page.firstStep, path });
    this.#rows.push(page.counts.row(`${page.firstStep} to ${page.lastStep}`, path));
  }

  #memoryLines({ stepIndex, filesBefore }: RecordedStep): string[] {
    const files = sorted(filesBefore);
    const characters = files.reduce((sum, [, text]) => sum + text.length, 0);
    const title = `## Memory before step ${stepIndex}: ${files.length} ${files.length === 1 ? "file" : "files"}, ${characters} characters`;
    if (characters <= shownMemory) {
      return [
        title,
        ...files.flatMap(([name, text]) => [`${inline(name)} (${text.length} characters)`, ...quoted(text)]),
      ];
    }
    const from = stepIndex - (stepIndex % stepsPerSnapshot);
    const places = files.map(([name, text]) => {
      const kept = this.#kept.get(name);
      const same = kept?.text === text ? "as it is" : `as of step ${from}; changed since: see the steps from there`;
      return `${inline(name)} (${text.length} characters): ${kept === undefined ? `made since step ${from}` : `../${kept.path}, ${same}`}`;
    });
    return [title, ...places];
  }

  async #keepMemory(stepIndex: number, files: ReadonlyMap<string, string>): Promise<void> {
    const before = this.#kept;
    this.#kept = new Map();
    for (const [index, [name, text]] of sorted(files).entries()) {
      const known = before.get(name);
      const path = known?.text === text ? known.path : `memory/at-${stepName(stepIndex)}/${safeName(name, index)}`;
      if (known?.text !== text) await this.#writer.writeLines(`${this.#folder}/${path}`, brokenLines(text).flat());
      this.#kept.set(name, { text, path });
    }
  }
}

/** Files in order of name. */
export function sorted(files: ReadonlyMap<string, string>): [string, string][] {
  return [...files].sort(([one], [other]) => (one < other ? -1 : 1));
}
