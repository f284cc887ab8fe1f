/**
 * `plugin add`: source -> plan -> build folder -> conformance suite -> listed.
 * Everything is made under a fresh `builds/<id>/`, which nothing points to until `installed.json` is written as the last step; an interrupted
 * installation leaves a folder that the next one removes.
 */
import { mkdir, rm } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { PluginError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Certificate, failuresOf, readCertificate, writeCertificate } from "../certificate.ts";
import { hashFiles, type PluginFiles, writeFiles } from "../content-hash.ts";
import type { Environment } from "../host-environment.ts";
import { launchOf } from "../launch.ts";
import type { InstalledPlugin, PluginPaths, PluginRegistry } from "../registry.ts";
import { verifyPlugin } from "../verify.ts";
import { type AssetStep, bringAssets, type Fetch, planAssets } from "./assets.ts";
import { countBunPackages, installBunPackages } from "./bun-environment.ts";
import type { InstallListener } from "./events.ts";
import { type FirstParty, sdkFolder } from "./first-party.ts";
import { hasUv, type LockStep, lockSteps, makePythonEnvironment, type StepContext } from "./python-environment.ts";
import { choosePython, findPythons, type Python } from "./python-version.ts";
import { type PluginSource, readSource } from "./source.ts";
import { missingPackagesError, missingSystemPackages } from "./system-libraries.ts";

export interface AddDependencies {
  registry: PluginRegistry;
  firstParty: FirstParty;
  automemVersion: string;
  /** The user's environment. */
  environment: Environment;
  clock: Clock;
  fetch: Fetch;
  /** The Bun that runs engines; default: this program. */
  bun?: string | undefined;
}

export interface AddOptions {
  /** A first-party name, a folder or a git URL. */
  plugin: string;
  /** Paths given for assets, `PATH` or `NAME=PATH`. */
  assets?: readonly string[];
  /** Installs again what is installed already. */
  force?: boolean;
  listener: InstallListener;
  /** Told the plan before anything is changed; returning false ends the installation. Default: go on. */
  confirm?: (plan: InstallPlan) => Promise<boolean>;
  signal?: AbortSignal | undefined;
}

/** What an installation will do; nothing of it has been done. */
export interface InstallPlan {
  source: PluginSource;
  /** `<home>/plugins/<name>`. */
  root: string;
  /** Python plugins. */
  python?: { version: string; tool: "uv" | "pip"; locks: readonly LockStep[] };
  /** Plugins on Bun: packages in the lock. */
  npmPackages?: number;
  assets: readonly AssetStep[];
  /** Lines for people. */
  lines: readonly string[];
}

export type AddOutcome =
  | { status: "installed"; plugin: InstalledPlugin; certificate: Certificate }
  | { status: "already-installed"; plugin: InstalledPlugin; certificate: Certificate | undefined }
  | { status: "declined" };

/**
 * Throws `ConfigError` (`unknown-plugin`, `bad-asset`) or `PluginError` (`not-a-plugin`, `bad-manifest`, `bad-lock`, `python-missing`,
 * `python3-venv-missing`, `system-package-missing`, `install-failed`, `asset-missing`, `verification-failed`, `busy`, `cancelled`).
 * On any of them what was installed before stays as it was.
 */
export async function addPlugin(options: AddOptions, dependencies: AddDependencies): Promise<AddOutcome> {
  const { environment, firstParty, registry } = dependencies;
  const context: StepContext = { environment, listener: options.listener, signal: options.signal };
  const source = await readSource(options.plugin, firstParty, context);
  const { name } = source.manifest;
  return registry.whileLocked(name, "installing", async () => {
    const sdk = source.manifest.entry.runtime === "python" ? await readSdk(firstParty) : undefined;
    const same = options.force === true ? undefined : await sameInstall(source, sdk, registry);
    if (same !== undefined) return refreshAssets(same, source, options, context, dependencies);
    const id = `${source.contentHash.slice(0, 8)}-${crypto.randomUUID().slice(0, 8)}`;
    const paths = registry.pathsOf(name, id);
    const work = await makePlan(source, sdk, paths, options, dependencies);
    options.listener({ phase: "plan", message: work.plan.lines.join("\n") });
    if ((await options.confirm?.(work.plan)) === false) return { status: "declined" };
    await registry.sweep(name);
    try {
      await build(work, paths, context, dependencies);
      const certificate = await certify(source, paths, context, dependencies);
      await writeCertificate(paths.certificate, certificate);
      await registry.commit({
        schema: "automem.installed/1",
        name,
        version: source.manifest.version,
        kind: source.manifest.kind,
        origin: source.origin,
        contentHash: source.contentHash,
        sdkHash: sdk === undefined ? null : hashFiles(sdk),
        build: id,
        automemVersion: dependencies.automemVersion,
        installedAt: new Date(dependencies.clock.nowMs()).toISOString(),
      });
      await registry.sweep(name);
      options.listener({ phase: "done", message: `${name} ${source.manifest.version} is installed` });
      return { status: "installed", plugin: await registry.need(name), certificate };
    } catch (cause) {
      await rm(join(paths.root, "builds", id), { recursive: true, force: true });
      throw cause;
    }
  });
}

interface Work {
  plan: InstallPlan;
  sdk: PluginFiles | undefined;
  python: Python | undefined;
}

async function readSdk(firstParty: FirstParty): Promise<PluginFiles> {
  const files = await firstParty.read(sdkFolder);
  if (files === undefined)
    throw new PluginError("The Python SDK is not part of this automem.", { code: "sdk-missing" });
  const kept = [...files].filter(([path]) => path.startsWith("automem_sdk/") || path === "requirements.lock");
  return new Map(kept);
}

/** The installed plugin, if it is this very source with this very SDK and whole. */
async function sameInstall(
  source: PluginSource,
  sdk: PluginFiles | undefined,
  registry: PluginRegistry,
): Promise<InstalledPlugin | undefined> {
  const plugin = await registry.find(source.manifest.name).catch((cause: unknown) => {
    // A damaged installation is replaced.
    if (cause instanceof PluginError) return undefined;
    throw cause;
  });
  const sdkHash: Hash | null = sdk === undefined ? null : hashFiles(sdk);
  return plugin?.record.contentHash === source.contentHash && plugin.record.sdkHash === sdkHash ? plugin : undefined;
}

/** Nothing to build; but assets that are given now, or could not be had before, are brought. New ones bring a new certificate. */
async function refreshAssets(
  plugin: InstalledPlugin,
  source: PluginSource,
  options: AddOptions,
  context: StepContext,
  dependencies: AddDependencies,
): Promise<AddOutcome> {
  const { paths, record } = plugin;
  const steps = await planAssets(source.manifest, options.assets ?? [], paths.assets);
  const brought = await bringAssets(steps, { ...context, folder: paths.assets, fetch: dependencies.fetch });
  if (brought > 0) {
    const certificate = await certify(source, paths, context, dependencies);
    await writeCertificate(paths.certificate, certificate);
    options.listener({ phase: "done", message: `${record.name} ${record.version}: ${brought} assets brought` });
    return { status: "installed", plugin, certificate };
  }
  options.listener({ phase: "done", message: `${record.name} ${record.version} is already installed` });
  return {
    status: "already-installed",
    plugin,
    certificate: await readCertificate(paths.certificate, record.contentHash),
  };
}

async function makePlan(
  source: PluginSource,
  sdk: PluginFiles | undefined,
  paths: PluginPaths,
  options: AddOptions,
  dependencies: AddDependencies,
): Promise<Work> {
  const { manifest, files } = source;
  const { environment } = dependencies;
  const assets = await planAssets(manifest, options.assets ?? [], paths.assets);
  const lines = [
    `${manifest.title} ${manifest.version} (${manifest.kind}, ${manifest.licence}) from ${source.origin}`,
    `into ${paths.root}`,
  ];
  const plan = { source, root: paths.root, assets };
  if (manifest.entry.runtime === "bun") {
    const npmPackages = countBunPackages(files);
    if (npmPackages > 0) lines.push(`npm packages: ${npmPackages} in bun.lock, with hashes`);
    return { plan: { ...plan, npmPackages, lines: [...lines, ...assetLines(assets)] }, sdk, python: undefined };
  }
  const locks = lockSteps(sdk!, files, manifest.requirements, manifest.name);
  const useUv = await hasUv(environment);
  const python = await pickPython(manifest.entry.python, manifest.name, useUv, environment);
  // A Python that uv has yet to bring cannot be asked.
  const askable = isAbsolute(python.path) ? manifest.systemPackages : [];
  const missing = await missingSystemPackages(askable, python.path, environment);
  if (missing.length > 0) throw missingPackagesError(manifest.name, missing);
  const tool = useUv ? "uv" : "pip";
  lines.push(`an environment of its own with Python ${python.version} (${useUv ? "uv" : "venv and pip"})`);
  for (const lock of locks)
    lines.push(
      `${lock.packages} ${lock.packages === 1 ? "package" : "packages"} from the lock of ${lock.title}, with hashes`,
    );
  return {
    plan: { ...plan, python: { version: python.version, tool, locks }, lines: [...lines, ...assetLines(assets)] },
    sdk,
    python,
  };
}

function assetLines(steps: readonly AssetStep[]): string[] {
  return steps.map(({ asset, from }) => {
    const what = `asset ${asset.name} (${asset.description}; ${asset.licence})`;
    switch (from.kind) {
      case "given":
        return `${what} from ${from.path}`;
      case "download":
        return `${what} from ${from.url}`;
      case "present":
        return `${what}: already there`;
      default:
        return `${what}: not given`;
    }
  });
}

/** uv can bring a Python that is not there yet; its own search is asked only then. */
async function pickPython(range: string, name: string, useUv: boolean, environment: Environment): Promise<Python> {
  const pythons = await findPythons(environment);
  try {
    return choosePython(pythons, range, name);
  } catch (cause) {
    if (!useUv || !(cause instanceof PluginError)) throw cause;
    return { path: range.replace(/\s/g, ""), version: range, canMakeEnvironments: true };
  }
}

async function build(
  work: Work,
  paths: PluginPaths,
  context: StepContext,
  dependencies: AddDependencies,
): Promise<void> {
  const { source, python: planned, assets } = work.plan;
  context.listener({ phase: "source", message: `Copying ${source.files.size} files` });
  await writeFiles(paths.source, source.files);
  await mkdir(paths.assets, { recursive: true });
  if (planned === undefined) {
    await installBunPackages(paths.source, work.plan.npmPackages ?? 0, dependencies.bun ?? process.execPath, context);
  } else {
    await makePythonEnvironment(
      {
        folder: paths.environment,
        python: work.python!,
        useUv: planned.tool === "uv",
        locks: planned.locks,
        sdk: work.sdk!,
      },
      context,
    );
  }
  await bringAssets(assets, { ...context, folder: paths.assets, fetch: dependencies.fetch });
}

async function certify(
  source: PluginSource,
  paths: PluginPaths,
  context: StepContext,
  dependencies: AddDependencies,
): Promise<Certificate> {
  const { manifest, contentHash } = source;
  const { automemVersion, clock, environment, bun } = dependencies;
  const launch = launchOf(manifest, paths, { environment, bun });
  const certificate = await verifyPlugin(
    { manifest, contentHash, launch },
    {
      automemVersion,
      clock,
      signal: context.signal,
      onResult: (result, done, total) =>
        context.listener({
          phase: "verify",
          message: `${result.status === "passed" ? "ok" : result.status}: ${result.sentence}${result.detail === undefined ? "" : ` (${result.detail})`}`,
          warning: result.status === "failed",
          done,
          total,
        }),
    },
  );
  if (certificate.passed) return certificate;
  throw new PluginError(
    `Plugin ${manifest.name} does not keep the protocol and was not installed:\n${failuresOf(certificate).join("\n")}`,
    {
      code: "verification-failed",
      data: { certificate },
    },
  );
}
