/**
 * Reads an evidence folder: pages and a search that go through it file by file, and never leave it. Links are refused wherever they lead:
 * an external reviewer may have been at the folder.
 */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, posix, resolve } from "node:path";
import * as v from "valibot";
import { ConfigError, messageOf } from "../../core/errors.ts";
import type {
  EvidenceEntry,
  EvidenceEpisode,
  EvidenceFolder,
  EvidenceMatches,
  EvidencePage,
} from "./evidence-folder.ts";
import { EpisodeMetrics, EvidenceIndex } from "./metrics-files.ts";

const pageCharacters = 60_000;
const shownLineCharacters = 4_000;
const matchCharacters = 300;
/** In a folder of more files, their lines are not counted. */
const countedFiles = 100;
/** Nothing that automem writes comes near. */
const fileBytes = 4_000_000;

/** Opens a folder that `writeEvidence` made. Throws `ConfigError` `no-evidence` for what is none. */
export async function openEvidence(folder: string): Promise<EvidenceFolder> {
  const path = await realpath(resolve(folder)).catch((cause) => {
    throw noEvidence(folder, messageOf(cause), cause);
  });
  const files = new EvidenceFiles(path);
  const index = await readMetrics(files, folder, "metrics.json", EvidenceIndex);
  const episodes: EvidenceEpisode[] = [];
  for (const own of index.episodes) {
    const { schema, record, rewardEvents, ...episode } = await readMetrics(
      files,
      folder,
      `${own}/metrics.json`,
      EpisodeMetrics,
    );
    episodes.push(episode);
  }
  return new OpenEvidence(path, episodes, files);
}

class OpenEvidence implements EvidenceFolder {
  readonly path: string;
  readonly episodes: readonly EvidenceEpisode[];
  readonly #files: EvidenceFiles;

  constructor(path: string, episodes: readonly EvidenceEpisode[], files: EvidenceFiles) {
    this.path = path;
    this.episodes = episodes;
    this.#files = files;
  }

  async list(folder: string): Promise<EvidenceEntry[]> {
    const names = await this.#files.names(folder);
    const isSmall = names.length <= countedFiles;
    const entries: EvidenceEntry[] = [];
    for (const name of names) {
      if (name.endsWith("/")) entries.push({ name });
      else {
        const path = posix.join(folder, name);
        const sizeBytes = await this.#files.size(path);
        entries.push({ name, sizeBytes, ...(isSmall && { lines: linesOf(await this.#files.text(path)).length }) });
      }
    }
    return entries;
  }

  async read(path: string, { fromLine, lines }: { fromLine: number; lines: number }): Promise<EvidencePage> {
    const all = linesOf(await this.#files.text(path));
    const first = Math.max(1, Math.trunc(fromLine));
    const shown: string[] = [];
    let characters = 0;
    for (const line of all.slice(first - 1, first - 1 + Math.max(1, Math.trunc(lines)))) {
      const short = shortened(line);
      characters += short.length + 1;
      if (characters > pageCharacters && shown.length > 0) break;
      shown.push(short);
    }
    return { text: shown.join("\n"), fromLine: first, totalLines: all.length };
  }

  async search(query: { text: string; below?: string | undefined; limit: number }): Promise<EvidenceMatches> {
    const wanted = query.text.toLowerCase();
    if (wanted === "") throw new ConfigError("Search for at least one character.", { code: "bad-setting" });
    const matches: EvidenceMatches["matches"] = [];
    for await (const path of this.#files.below(query.below ?? "")) {
      const text = await this.#files.text(path);
      if (!text.toLowerCase().includes(wanted)) continue;
      for (const [index, line] of linesOf(text).entries()) {
        const at = line.toLowerCase().indexOf(wanted);
        if (at < 0) continue;
        if (matches.length >= query.limit) return { matches, more: true };
        matches.push({ path, line: index + 1, text: around(line, at) });
      }
    }
    return { matches, more: false };
  }
}

/** Files below a root, by paths that cannot leave it. */
class EvidenceFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Right below a folder, in order of name. */
  async names(folder: string): Promise<string[]> {
    const full = await this.#inside(folder);
    if (!(await stat(full)).isDirectory()) throw noSuchFile(folder);
    const entries = await readdir(full, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
  }

  async size(path: string): Promise<number> {
    return (await stat(await this.#inside(path))).size;
  }

  async text(path: string): Promise<string> {
    const full = await this.#inside(path);
    const found = await stat(full);
    if (!found.isFile()) throw noSuchFile(path);
    if (found.size > fileBytes) {
      throw new ConfigError(`${path} has ${found.size} bytes and is no file of this evidence.`, { code: "bad-path" });
    }
    return readFile(full, "utf8");
  }

  /** All files at or below a path, in order. */
  async *below(path: string): AsyncGenerator<string> {
    if ((await stat(await this.#inside(path))).isFile()) {
      yield path;
      return;
    }
    for (const name of await this.names(path)) {
      const own = posix.join(path, name);
      if (name.endsWith("/")) yield* this.below(own.slice(0, -1));
      else yield own;
    }
  }

  async #inside(path: string): Promise<string> {
    const plain = posix.normalize(path === "" ? "." : path).replace(/(?<=.)\/$/, "");
    if (/[\\\0]/.test(path) || posix.isAbsolute(path) || path.split("/").includes("..")) {
      throw new ConfigError(`"${path}" is not a path in the evidence: write it as \`list\` shows it, from the top.`, {
        code: "bad-path",
      });
    }
    const full = join(this.#root, plain);
    const real = await realpath(full).catch(() => undefined);
    if (real === undefined) throw noSuchFile(path);
    // A link anywhere on the way makes the two differ.
    if (real !== full) throw new ConfigError(`"${path}" goes through a link.`, { code: "bad-path" });
    return real;
  }
}

async function readMetrics<Schema extends v.GenericSchema>(
  files: EvidenceFiles,
  folder: string,
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  try {
    return v.parse(schema, JSON.parse(await files.text(path)));
  } catch (cause) {
    throw noEvidence(folder, `${path}: ${messageOf(cause)}`, cause);
  }
}

/** A line feed at the end begins no line. */
function linesOf(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

function shortened(line: string): string {
  if (line.length <= shownLineCharacters) return line;
  return `${line.slice(0, shownLineCharacters).toWellFormed()} [cut: the line has ${line.length} characters]`;
}

/** The line, or what stands around `at`. */
function around(line: string, at: number): string {
  if (line.length <= matchCharacters) return line;
  const from = Math.max(0, Math.min(at - matchCharacters / 3, line.length - matchCharacters));
  const end = from + matchCharacters;
  return `${from > 0 ? "..." : ""}${line.slice(from, end).toWellFormed()}${end < line.length ? "..." : ""}`;
}

function noSuchFile(path: string): ConfigError {
  return new ConfigError(`The evidence has no "${path}". \`list\` shows what there is.`, { code: "no-such-file" });
}

function noEvidence(folder: string, what: string, cause: unknown): ConfigError {
  return new ConfigError(`${folder} is no evidence folder: ${what}`, { code: "no-evidence", cause });
}
