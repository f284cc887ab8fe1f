/** What `plugin add` was given, turned into files: a first-party name, a git URL or a folder. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError, PluginError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { fileText, hashFiles, type PluginFiles, readPluginFolder } from "../content-hash.ts";
import { installerEnvironment } from "../host-environment.ts";
import { type PluginManifest, parseManifest } from "../manifest.ts";
import { type FirstParty, sdkFolder, templateFolder } from "./first-party.ts";
import { runStep, type StepContext } from "./python-environment.ts";

export interface PluginSource {
  files: PluginFiles;
  manifest: PluginManifest;
  contentHash: Hash;
  /** As recorded: the name, the absolute folder, or the URL with the commit. */
  origin: string;
}

/**
 * Throws `ConfigError` (`unknown-plugin`) if nothing of that name is found, `PluginError` (`not-a-plugin`, `bad-manifest`, `bad-source`,
 * `install-failed` for a clone that failed).
 */
export async function readSource(given: string, firstParty: FirstParty, context: StepContext): Promise<PluginSource> {
  if (isGitUrl(given)) return readGit(given, context);
  const isName = /^[a-z][a-z0-9-]*$/.test(given) && given !== sdkFolder && given !== templateFolder;
  const own = isName ? await firstParty.read(given) : undefined;
  if (own !== undefined) return describe(own, given);
  const folder = resolve(given);
  if ((await stat(folder).catch(() => undefined))?.isDirectory())
    return describe(await readPluginFolder(folder), folder);
  const names = (await firstParty.names()).join(", ");
  throw new ConfigError(`There is no plugin "${given}". Known by name: ${names}. Or give a folder or a git URL.`, {
    code: "unknown-plugin",
    data: { known: await firstParty.names() },
  });
}

export function isGitUrl(given: string): boolean {
  return /^(https?|ssh|git|file):\/\//.test(given) || /^[\w.-]+@[\w.-]+:/.test(given);
}

async function readGit(url: string, context: StepContext): Promise<PluginSource> {
  const folder = await mkdtemp(join(tmpdir(), "automem-clone-"));
  try {
    context.listener({ phase: "source", message: `Cloning ${url}` });
    const env = { ...installerEnvironment(context.environment), GIT_TERMINAL_PROMPT: "0" };
    const git = (args: readonly string[]) =>
      runStep({ command: "git", args, env, timeoutMs: 10 * 60_000, signal: context.signal });
    await git(["clone", "--quiet", "--depth", "1", "--", url, join(folder, "clone")]);
    const commit = (await git(["-C", join(folder, "clone"), "rev-parse", "HEAD"])).trim();
    return describe(await readPluginFolder(join(folder, "clone")), `${url}#${commit}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function describe(files: PluginFiles, origin: string): PluginSource {
  const manifest = parseManifest(fileText(files, "plugin.json", origin), `${origin}: plugin.json`);
  if (manifest.entry.runtime === "bun" && !files.has(manifest.entry.script)) {
    throw new PluginError(`${origin}: plugin.json names ${manifest.entry.script}, which is not there.`, {
      code: "not-a-plugin",
    });
  }
  return { files, manifest, contentHash: hashFiles(files), origin };
}
