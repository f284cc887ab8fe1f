/** The conformance suite of the trainer contract: docs/protocol.md, kind `trainer`. It trains a made-up model of two layers for real. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { AutomemError } from "../../core/errors.ts";
import { Recipe, type TrainProgress, type TrainRequest, type TrainResult } from "../../core/trainer.ts";
import { type PluginManifest, protocolVersion } from "../manifest.ts";
import { type Launch, PluginProcess } from "../plugin-process.ts";
import { startTrainer, type TrainerClient, type TrainerLimits, trainerFault } from "../trainer-client.ts";
import { type Check, CheckFailure, expect } from "./check.ts";
import { expectCleanClose, expectExitAtEndOfInput } from "./life-checks.ts";
import { writeTinyModel } from "./tiny-model.ts";

export interface TrainerSubject {
  manifest: PluginManifest;
  launch: Launch;
  automemVersion: string;
  limits?: Partial<TrainerLimits> | undefined;
}

/** Milliseconds for a training of a few steps, the loading of its libraries included, on a busy machine. */
const trainMs = 600_000;
const steps = 2;

/** Holds one trainer and the folder of model, dataset and results that the checks share. */
export class TrainerProbe {
  readonly subject: TrainerSubject;
  #shared: TrainerClient | undefined;
  #folder: Promise<string> | undefined;

  constructor(subject: TrainerSubject) {
    this.subject = subject;
  }

  /** A process that has not been sent `initialize`; closed afterwards. */
  async bare<T>(work: (process: PluginProcess) => Promise<T>): Promise<T> {
    const process = await PluginProcess.start(this.subject.launch, trainerFault, this.subject.limits);
    try {
      return await work(process);
    } finally {
      await process.close();
    }
  }

  async shared(): Promise<TrainerClient> {
    if (this.#shared?.process.hasExited === true) await this.#shared.close();
    if (this.#shared === undefined || this.#shared.process.hasExited) {
      const { launch, automemVersion, limits } = this.subject;
      this.#shared = await startTrainer(launch, { automemVersion, limits });
    }
    return this.#shared;
  }

  /** A training of two steps on eight examples; `name` is its folder. */
  async request(name: string, changes: Partial<Recipe> = {}): Promise<TrainRequest> {
    this.#folder ??= makeFolder();
    const folder = await this.#folder;
    const small = { rank: 2, alpha: 4, batchSize: 2, maxSteps: steps, cutoffTokens: 256, precision: "fp32" as const };
    const recipe = v.parse(Recipe, { ...small, seed: 1, ...changes });
    const places = { dataset: join(folder, "data.jsonl"), base: join(folder, "base"), cache: join(folder, "cache") };
    return { ...places, recipe, out: join(folder, name) };
  }

  async close(): Promise<void> {
    await this.#shared?.close();
    this.#shared = undefined;
    const folder = await this.#folder;
    this.#folder = undefined;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

export const trainerChecks: readonly Check<TrainerProbe>[] = [
  {
    name: "train-before-initialize",
    sentence: "refuses train before initialize",
    run: (probe) =>
      probe.bare(async (process) => {
        const request = await probe.request("early");
        await expectFault(() => rawCall(process, "train", request), { rpcCode: -32003 });
        return undefined;
      }),
  },
  {
    name: "unknown-method",
    sentence: "refuses an unknown method and goes on",
    run: (probe) =>
      probe.bare(async (process) => {
        await expectFault(() => rawCall(process, "automem/no-such-method", {}), { rpcCode: -32601 });
        const { automemVersion } = probe.subject;
        await rawCall(process, "initialize", { protocolVersion, automemVersion });
        return undefined;
      }),
  },
  {
    name: "ready",
    sentence: "tells its name and version",
    run: async (probe) => {
      const { ready } = await probe.shared();
      const { name, version } = probe.subject.manifest;
      expect(ready.name === name, `it calls itself "${ready.name}"`);
      expect(ready.version === version, `it calls its version ${ready.version}`);
      return undefined;
    },
  },
  {
    name: "train",
    sentence: `trains a tiny model for ${steps} steps, tells each, and leaves the adapter its result names`,
    run: async (probe) => {
      const trainer = await probe.shared();
      const request = await probe.request("first");
      const told: TrainProgress[] = [];
      const result = await trainer.train(request, {
        timeoutMs: trainMs,
        onProgress: (progress) => told.push(progress),
      });
      const counted = told.flatMap((progress) => (progress.phase === "train" ? [progress.step] : []));
      expect(counted.join() === "1,2", `it told of the steps ${counted.join() || "(none)"}, not of 1,2`);
      expect(result.steps === steps, `its result says ${result.steps} steps`);
      expect(result.losses.length === steps, `its result has ${result.losses.length} losses`);
      expect(result.examples === 8, `it learnt ${result.examples} of 8 examples`);
      expect(result.seed === request.recipe.seed, `its result says seed ${result.seed}`);
      await expectFiles(result);
      return undefined;
    },
  },
  {
    name: "generate",
    sentence: "gives the same greedy replies of its adapter each time, none longer than asked for",
    run: async (probe) => {
      const trainer = await probe.shared();
      const { base, cache, out } = await probe.request("first");
      const prompts = ["Say a number.", "Say another one."].map((content) => [{ role: "user" as const, content }]);
      const adapter = await adapterOf(out);
      const request = { base, cache, adapter, prompts, maxTokens: 2 };
      const generate = () => trainer.generate(request, { timeoutMs: trainMs });
      const first = await generate().catch((cause: unknown) => {
        if (cause instanceof AutomemError && cause.code === "method-not-found") return undefined;
        throw cause;
      });
      if (first === undefined) return { skipped: "the trainer has no method generate" };
      for (const { generatedTokens, promptTokens } of first.replies) {
        expect(generatedTokens <= 2, `it generated ${generatedTokens} tokens where 2 were allowed`);
        expect(promptTokens > 0, "it says that a prompt has no tokens");
      }
      const texts = JSON.stringify(first.replies);
      const again = JSON.stringify((await generate()).replies);
      expect(texts === again, `asked again, it gave ${again}, not ${texts}`);
      const none = () => trainer.generate({ ...request, adapter: cache }, { timeoutMs: trainMs });
      await expectFault(none, { rpcCode: -32602 });
      return undefined;
    },
  },
  {
    name: "bad-dataset",
    sentence: "refuses a dataset line that does not fit, with its number",
    run: async (probe) => {
      const trainer = await probe.shared();
      const request = await probe.request("bad");
      const dataset = join(request.cache, "..", "bad.jsonl");
      await writeFile(dataset, `${line(0)}\n{"messages": []}\n`);
      const call = () => trainer.train({ ...request, dataset }, { timeoutMs: trainMs });
      const fault = await expectFault(call, { rpcCode: -32602 });
      expect(fault.message.includes("line 2"), `it does not name line 2: ${fault.message}`);
      return undefined;
    },
  },
  {
    name: "missing-base",
    sentence: "says so when the base model is not there",
    run: async (probe) => {
      const trainer = await probe.shared();
      const request = await probe.request("missing");
      const call = () => trainer.train({ ...request, base: `${request.base}.gguf` }, { timeoutMs: trainMs });
      await expectFault(call, { rpcCode: -32002 });
      return undefined;
    },
  },
  {
    name: "cancel",
    sentence: "ends a training that is cancelled, and goes on from its checkpoint when asked again",
    run: async (probe) => {
      const trainer = await probe.shared();
      const request = await probe.request("cancelled", { maxSteps: 2000, saveSteps: 1 });
      const abort = new AbortController();
      const onProgress = (progress: TrainProgress) => {
        if (progress.phase === "train" && progress.step >= 2) abort.abort();
      };
      const options = { timeoutMs: trainMs, signal: abort.signal, onProgress };
      const fault = await expectFault(() => trainer.train(request, options), {});
      expect(fault.code === "cancelled", `it ended with ${fault.code}: ${fault.message}`);
      expect(fault.data.stopped !== true, "it went on, and its process had to be stopped");
      expect(!trainer.process.hasExited, "its process ended with it");
      let first: number | undefined;
      const again = new AbortController();
      const seen = (progress: TrainProgress) => {
        if (progress.phase !== "train") return;
        first ??= progress.step;
        again.abort();
      };
      const rest = { timeoutMs: trainMs, signal: again.signal, onProgress: seen };
      await expectFault(() => trainer.train(request, rest), {});
      expect(first !== undefined && first > 2, `asked again, its first step was ${first}`);
      return undefined;
    },
  },
  {
    name: "close",
    sentence: "exits with code 0 after close, without a signal",
    run: (probe) =>
      probe.bare(async (process) => {
        await expectFault(() => rawCall(process, "automem/no-such-method", {}), { rpcCode: -32601 });
        await expectCleanClose(process);
        return undefined;
      }),
  },
  {
    name: "end-of-input",
    sentence: "exits by itself when its stdin ends",
    run: (probe) =>
      probe.bare(async (process) => {
        await expectFault(() => rawCall(process, "automem/no-such-method", {}), { rpcCode: -32601 });
        await expectExitAtEndOfInput(process);
        return undefined;
      }),
  },
];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "automem-trainer-check-"));
  await writeTinyModel(join(folder, "base"));
  await writeFile(join(folder, "data.jsonl"), Array.from({ length: 8 }, (_, index) => line(index)).join("\n"));
  return folder;
}

function line(index: number): string {
  const completion = [{ role: "assistant", content: `number ${index}` }];
  return JSON.stringify({ prompt: [{ role: "user", content: "Say a number." }], completion });
}

/** The folder with the adapter that the check `train` left below `out`; a trainer may put it at any depth. */
async function adapterOf(out: string): Promise<string> {
  for await (const path of new Bun.Glob("**/adapter*.json").scan({ cwd: out })) {
    if (!path.includes("checkpoint")) return dirname(join(out, path));
  }
  throw new CheckFailure(`there is no adapter below ${out}: the training before failed`);
}

async function expectFiles({ adapter, gguf }: TrainResult): Promise<void> {
  const files = adapter.files.map((file) => ({ path: join(adapter.folder, file.path), sha256: file.sha256 }));
  expect(files.length > 0, "its result names no file of the adapter");
  for (const { path, sha256 } of gguf === null ? files : [...files, gguf]) {
    expect(await Bun.file(path).exists(), `${path} is not there`);
    const found = new Bun.CryptoHasher("sha256").update(await Bun.file(path).bytes()).digest("hex");
    expect(found === sha256, `${path} has the hash ${found}, not ${sha256}`);
  }
}

function rawCall(process: PluginProcess, method: string, params: object): Promise<unknown> {
  return process.call(method, params, v.unknown(), { timeoutMs: trainMs, during: method });
}

async function expectFault(call: () => Promise<unknown>, wanted: { rpcCode?: number }): Promise<AutomemError> {
  const outcome = await call().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (outcome === undefined) throw new CheckFailure("it answered as if nothing were wrong");
  if (!(outcome instanceof AutomemError)) throw outcome;
  const { rpcCode } = outcome.data;
  const fits = wanted.rpcCode === undefined || rpcCode === wanted.rpcCode;
  expect(fits, `it answered with ${rpcCode ?? outcome.code} (${outcome.message}), not with ${wanted.rpcCode}`);
  return outcome;
}
