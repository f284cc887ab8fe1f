/** Loads a scaffold package: checks it, runs its modules once to see that they load, and opens sessions over it. */
import { ScaffoldError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import { baseOperations } from "../core/memory-op.ts";
import type { ScaffoldRecord } from "../core/records.ts";
import type { EpisodeContext, Scaffold, ScaffoldManifest, ScaffoldSession } from "../core/scaffold.ts";
import { operationHelp } from "../memory/help.ts";
import { operationTable } from "../memory/operation-table.ts";
import { PromptResult } from "./hook-results.ts";
import { HookRunner } from "./hook-runner.ts";
import { type HookName, hookAccess, requiredHooks } from "./hooks.ts";
import { packageModules } from "./modules.ts";
import { checkPackage, type PackageFiles } from "./package-files.ts";
import type { SandboxModules } from "./sandbox/sandbox.ts";
import { SandboxedSession } from "./session.ts";

/** A package ready to play, with what the store keeps of it. */
export interface LoadedScaffold extends Scaffold {
  readonly record: ScaffoldRecord;
  /** The files that `record` names by hash. */
  readonly files: PackageFiles;
}

/**
 * Loads a package from its files (path to bytes).
 * Throws `ScaffoldError`: `bad-package`, `bad-module`, `bad-operation`, or one of the hook codes if its modules fail as they load.
 */
export async function loadScaffold(files: PackageFiles): Promise<LoadedScaffold> {
  const checked = checkPackage(files);
  const modules = packageModules(checked);
  const probe = await HookRunner.open(checked.manifest, modules, 0);
  checkShape(checked.manifest, probe.shape);
  return new PackagedScaffold(checked.manifest, checked.hash, checked.record, files, modules);
}

class PackagedScaffold implements LoadedScaffold {
  readonly manifest: ScaffoldManifest;
  readonly hash: Hash;
  readonly record: ScaffoldRecord;
  readonly files: PackageFiles;
  readonly #modules: SandboxModules;

  constructor(
    manifest: ScaffoldManifest,
    hash: Hash,
    record: ScaffoldRecord,
    files: PackageFiles,
    modules: SandboxModules,
  ) {
    this.manifest = manifest;
    this.hash = hash;
    this.record = record;
    this.files = files;
    this.#modules = modules;
  }

  async open(episode: EpisodeContext, seed: number): Promise<ScaffoldSession> {
    const runner = await HookRunner.open(this.manifest, this.#modules, seed);
    const { operations, hiddenOperations } = runner.shape;
    // Not the default action: a small model copies the example, and should not stand still.
    const example = episode.actions.find(({ name }) => name !== episode.defaultAction)?.name ?? episode.defaultAction;
    const help = (phase: "log" | "plan") => operationHelp(phase, operations, hiddenOperations, example);
    const shared = {
      ...episode,
      instruction: episode.gameInstruction,
      operationHelp: { log: help("log"), plan: help("plan") },
    };
    runner.enter(shared);
    if (runner.shape.hooks.includes("instruction")) {
      const instruction = runner.run({ hook: "instruction", args: [], access: "none", result: PromptResult });
      runner.enter({ ...shared, instruction });
    }
    return new SandboxedSession(runner, episode);
  }
}

/** Holds the names of a package's hooks and operations against what the engine knows. */
function checkShape(manifest: ScaffoldManifest, shape: HookRunner["shape"]): void {
  const fail = (what: string) => {
    throw new ScaffoldError(`Scaffold ${manifest.name} ${manifest.version}: ${what}`, { code: "bad-package" });
  };
  const known = Object.keys(hookAccess);
  const fields = ["operations", "hiddenOperations"];
  const strange = [
    ...shape.hooks.filter((name) => !known.includes(name)),
    ...shape.unknown.filter((name) => !fields.includes(name)),
  ];
  if (strange.length > 0) fail(`"${strange[0]}" is not a hook. Hooks are: ${known.join(", ")}.`);
  const missing = requiredHooks.find((name: HookName) => !shape.hooks.includes(name));
  if (missing !== undefined) fail(`the hook ${missing} is missing. Add it to the object given to defineScaffold.`);
  const notBase = shape.hiddenOperations.find((name) => !Object.hasOwn(baseOperations, name));
  if (notBase !== undefined) fail(`hiddenOperations names ${notBase}, which is not a base operation.`);
  operationTable(shape.operations);
}
