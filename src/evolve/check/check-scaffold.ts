/**
 * The check that a package must pass before an episode is paid for: what it is made of, types, loading, what is new against its parent, and
 * its hooks at work over recorded episodes. Everything runs in memory and in the sandbox; no model and no game is asked.
 */
import { type CheckLine, failLine, okLine } from "../../core/check-line.ts";
import { messageOf, ScaffoldError } from "../../core/errors.ts";
import type { RecordedEpisode } from "../../run/replay/recorded-episode.ts";
import { type CheckReport, checkReport } from "../../scaffold/check/check-report.ts";
import { foreignFiles } from "../../scaffold/check/foreign-files.ts";
import { type LoadedScaffold, loadScaffold } from "../../scaffold/load-scaffold.ts";
import { type CheckedPackage, checkPackage, type PackageFiles } from "../../scaffold/package-files.ts";
import { changeLine } from "./change-line.ts";
import { plainEpisode } from "./plain-episode.ts";
import { playLines } from "./play-lines.ts";

export interface CheckOptions {
  /** Episodes to run the hooks over; without any, a plain made-up one. */
  recorded?: readonly RecordedEpisode[] | undefined;
  /** The package it was made from: it must differ in more than wording. */
  parent?: PackageFiles | undefined;
  /** Steps of each episode at most; default 200. */
  limitSteps?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Deterministic: the same package, parent and recordings give the same lines. What is wrong with the package is a line, never a throw.
 * Throws `EpisodeStopped` and what reading a recording throws.
 */
export async function checkScaffold(files: PackageFiles, options: CheckOptions = {}): Promise<CheckReport> {
  const checked = readPackage(files);
  if (!("manifest" in checked)) return checkReport([checked]);
  const { manifest } = checked;
  const lines: CheckLine[] = [okLine("package", `${manifest.name} ${manifest.version}, ${files.size} files`)];
  lines.push(...filesLines(files));
  // Loaded on first use: the compiler is large.
  const { sourceLines, typeLines } = await import("./type-lines.ts");
  const tooMuch = sourceLines(checked);
  if (tooMuch.length > 0) return checkReport([...lines, ...tooMuch]);
  lines.push(...(await withinStack(() => typeLines(checked))));
  const loaded = await load(files);
  if ("status" in loaded) return checkReport([...lines, loaded]);
  lines.push(okLine("loading", "its modules load in the sandbox"));
  const parent = options.parent === undefined ? undefined : await loadScaffold(options.parent);
  if (parent !== undefined) lines.push(...(await withinStack(async () => [await changeLine(loaded, parent)])));
  const episodes = options.recorded?.length ? options.recorded : [plainEpisode(manifest.games?.[0] ?? "plain")];
  for (const episode of episodes) {
    lines.push(...(await playLines(loaded, episode, options.limitSteps ?? 200, parent, options.signal)));
  }
  return checkReport(lines);
}

function readPackage(files: PackageFiles): CheckedPackage | CheckLine {
  try {
    return checkPackage(files);
  } catch (fault) {
    return faultLine("package", fault);
  }
}

function filesLines(files: PackageFiles): CheckLine[] {
  const strangers = foreignFiles(files.keys());
  if (strangers.length === 0) return [okLine("files", "all belong in a package")];
  return strangers.map(({ path, reason }) =>
    failLine("files", `${path} does not belong in a package: ${reason}.`, "Leave it out."),
  );
}

async function load(files: PackageFiles): Promise<LoadedScaffold | CheckLine> {
  try {
    return await loadScaffold(files);
  } catch (fault) {
    return faultLine("loading", fault);
  }
}

/** The compiler recurses: what is nested without brackets (`else if` by the thousand) is found out by it alone. */
async function withinStack(work: () => CheckLine[] | Promise<CheckLine[]>): Promise<CheckLine[]> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    return [failLine("types", "the code is nested too deep for the compiler.", "Take it apart.")];
  }
}

/** A fault of the package as a line; any other is thrown. */
function faultLine(name: string, fault: unknown): CheckLine {
  if (!(fault instanceof ScaffoldError)) throw fault;
  return failLine(name, messageOf(fault), "");
}
