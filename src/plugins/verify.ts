/** Runs a plugin's conformance suite and, for a game, the determinism check. */
import { AutomemError, PluginError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import type { Clock } from "../platform/clock.ts";
import type { Certificate } from "./certificate.ts";
import { type Check, type CheckResult, runChecks } from "./checks/check.ts";
import { checkDeterminism, type DeterminismResult, determinismSeed, determinismSteps } from "./checks/determinism.ts";
import { EngineProbe, engineLifeChecks, engineModelChecks } from "./checks/engine-checks.ts";
import { gameChecks } from "./checks/game-checks.ts";
import { GameProbe } from "./checks/game-probe.ts";
import { TrainerProbe, trainerChecks } from "./checks/trainer-checks.ts";
import type { GameLimits } from "./game-client.ts";
import type { PluginManifest } from "./manifest.ts";
import type { Launch } from "./plugin-process.ts";

/** Of the protocol: something is missing; the message says how to bring it. */
const missingCode = -32002;

export interface VerifySubject {
  manifest: PluginManifest;
  contentHash: Hash;
  launch: Launch;
}

export interface VerifyOptions {
  automemVersion: string;
  clock: Clock;
  /** Engines: a GGUF file to check with. */
  model?: string | undefined;
  limits?: Partial<GameLimits> | undefined;
  /** Ends the verification after the check under way. */
  signal?: AbortSignal | undefined;
  /** Told each result as it comes, with how many there will be. */
  onResult?: ((result: CheckResult, done: number, total: number) => void) | undefined;
}

/** What the plugin does wrong is in the certificate. Throws `PluginError` (`cancelled`) when the signal was aborted, and no other. */
export async function verifyPlugin(subject: VerifySubject, options: VerifyOptions): Promise<Certificate> {
  switch (subject.manifest.kind) {
    case "engine":
      return verifyEngine(subject, options);
    case "trainer":
      return verifyTrainer(subject, options);
    default:
      return verifyGame(subject, options);
  }
}

async function verifyGame(subject: VerifySubject, options: VerifyOptions): Promise<Certificate> {
  const { automemVersion, limits } = options;
  const probe = new GameProbe({ ...subject, automemVersion, limits });
  const determinism: DeterminismResult[] = [];
  const checks = [...gameChecks, determinismCheck(determinism)];
  try {
    const report = (result: CheckResult, index: number) => options.onResult?.(result, index + 1, checks.length);
    const results = await runChecks(checks, probe, report, options.signal);
    throwIfCancelled(options);
    // A game that never got ready has failed every check; there is nothing more to learn from it.
    const ready = await probe.shared().then(
      (game) => game.ready,
      () => undefined,
    );
    return certificate(subject, options, results, {
      packages: ready?.packages ?? {},
      determinism: {
        clockFrozen: ready?.determinism.clockFrozen ?? null,
        notes: ready?.determinism.notes ?? [],
        episodes: determinism,
      },
    });
  } finally {
    await probe.close();
  }
}

function determinismCheck(results: DeterminismResult[]): Check<GameProbe> {
  return {
    name: "determinism",
    sentence: "gives the same episodes in two fresh processes",
    run: async (probe) => {
      const tasks = await probe.startableTasks();
      const specs = tasks.map((task) => ({ task, seed: determinismSeed, steps: determinismSteps }));
      results.push(...(await checkDeterminism(probe, specs)));
      const unequal = results.find((result) => !result.equal);
      if (unequal !== undefined) throw new Error(`task ${unequal.task}, seed ${unequal.seed}: ${unequal.difference}`);
      return undefined;
    },
  };
}

async function verifyEngine(subject: VerifySubject, options: VerifyOptions): Promise<Certificate> {
  const { automemVersion, model } = options;
  const probe = new EngineProbe({ ...subject, automemVersion, model });
  const total = engineLifeChecks.length + engineModelChecks.length;
  try {
    const report = (result: CheckResult, index: number) => options.onResult?.(result, index + 1, total);
    const results = await runChecks(engineLifeChecks, probe, report, options.signal);
    throwIfCancelled(options);
    if (model === undefined) {
      const skipped = engineModelChecks.map(({ name, sentence }) => ({
        name,
        sentence,
        status: "skipped" as const,
        detail: "needs a model: automem plugin verify NAME --model FILE",
      }));
      return certificate(subject, options, [...results, ...skipped], { packages: {} });
    }
    const reportRest = (result: CheckResult, index: number) => report(result, engineLifeChecks.length + index);
    const withModel = await runChecks(engineModelChecks, probe, reportRest, options.signal);
    throwIfCancelled(options);
    const packages = await probe.shared().then(
      (engine) => engine.ready.packages,
      () => ({}),
    );
    return certificate(subject, options, [...results, ...withModel], { packages });
  } finally {
    await probe.close();
  }
}

async function verifyTrainer(subject: VerifySubject, options: VerifyOptions): Promise<Certificate> {
  const probe = new TrainerProbe({ ...subject, automemVersion: options.automemVersion });
  try {
    // Where what it needs is not there, every check would say the same.
    const checks = (await lacksSomething(probe)) ? trainerChecks.filter(({ name }) => name === "ready") : trainerChecks;
    const report = (result: CheckResult, index: number) => options.onResult?.(result, index + 1, checks.length);
    const results = await runChecks(checks, probe, report, options.signal);
    throwIfCancelled(options);
    const packages = await probe.shared().then(
      (trainer) => trainer.ready.packages,
      () => ({}),
    );
    return certificate(subject, options, results, { packages });
  } finally {
    await probe.close();
  }
}

/** True if it starts, and says that something is missing on this machine. */
async function lacksSomething(probe: TrainerProbe): Promise<boolean> {
  try {
    await probe.shared();
    return false;
  } catch (cause) {
    // Any other fault is for the checks to find.
    return cause instanceof AutomemError && cause.data.rpcCode === missingCode;
  }
}

function throwIfCancelled({ signal }: VerifyOptions): void {
  if (signal?.aborted) throw new PluginError("The verification was cancelled.", { code: "cancelled" });
}

function certificate(
  { manifest, contentHash }: VerifySubject,
  { automemVersion, clock }: VerifyOptions,
  checks: CheckResult[],
  rest: Pick<Certificate, "packages" | "determinism">,
): Certificate {
  return {
    schema: "automem.certificate/1",
    plugin: manifest.name,
    version: manifest.version,
    kind: manifest.kind,
    contentHash,
    automemVersion,
    platform: `${process.platform}-${process.arch}`,
    date: new Date(clock.nowMs()).toISOString(),
    passed: checks.every((check) => check.status !== "failed"),
    checks,
    ...rest,
  };
}
