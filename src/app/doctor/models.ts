/** Are the models whole, and does the embedded engine answer with the smallest of them? */
import { type CheckLine, failLine, okLine, warnLine } from "../../core/check-line.ts";
import { AutomemError } from "../../core/errors.ts";
import { hashFile } from "../../inference/model-files/hash-file.ts";
import type { StoredModel } from "../../inference/model-files/record.ts";
import type { App } from "../app.ts";
import { modelFiles, openRunModel } from "../models.ts";

const ENGINE = "llama-cpp";
const ENGINE_CONTEXT_TOKENS = 256;
const ENGINE_TIMEOUT_MS = 120_000;

export interface ModelLinesOptions {
  /** Reads every weight to compare hashes. */
  deep: boolean;
  signal: AbortSignal;
  onStep: (step: string) => void;
}

/** Sizes always; hashes only when asked, because that reads every byte. */
export async function modelLines(app: App, options: ModelLinesOptions): Promise<CheckLine[]> {
  const { models, damaged } = await modelFiles(app).list();
  const lines = damaged.map(({ name, problem }) =>
    failLine(
      `model ${name}`,
      "damaged",
      `${problem} Bring it again: automem model remove ${name}, then automem model add`,
    ),
  );
  for (const model of models) lines.push(await modelLine(model, options));
  const engine = await app.registry.find(ENGINE).catch(() => undefined);
  const smallest = models.toSorted((a, b) => a.sizeBytes - b.sizeBytes)[0];
  if (engine === undefined) {
    lines.push(okLine("engine", `not installed; only ${ENGINE}:NAME needs it (automem plugin add ${ENGINE})`));
  } else if (smallest === undefined) {
    const cost = "The engine has nothing to run. Bring a model: automem model add smollm2-135m";
    lines.push(warnLine("engine", "installed, but there is no model", cost));
  } else {
    options.onStep("engine");
    lines.push(await engineLine(app, smallest, options.signal));
  }
  return lines;
}

async function modelLine(model: StoredModel, { deep, signal, onStep }: ModelLinesOptions): Promise<CheckLine> {
  const line = `model ${model.name}`;
  const size = `${(model.sizeBytes / 1e6).toFixed(0)} MB`;
  if (!deep) return okLine(line, `${size}, size as recorded; --deep compares the hash`);
  onStep(line);
  const sha256 = await hashFile(model.path, undefined, signal);
  if (sha256 === model.sha256) return okLine(line, `${size}, hash as recorded`);
  const cost = `The weights were changed after they came. Bring them again: automem model remove ${model.name}, then automem model add`;
  return failLine(line, `SHA-256 ${sha256.slice(0, 12)}, recorded ${model.sha256.slice(0, 12)}`, cost);
}

async function engineLine(app: App, model: StoredModel, signal: AbortSignal): Promise<CheckLine> {
  const startedMs = app.clock.monotonicMs();
  try {
    const settings = { model: `${ENGINE}:${model.name}`, contextTokens: ENGINE_CONTEXT_TOKENS, parallel: 1 };
    const opened = await openRunModel(app, settings);
    try {
      const sampling = { temperature: 0, maxTokens: 1 };
      await opened.chat([{ role: "user", content: "Hello" }], { sampling, timeoutMs: ENGINE_TIMEOUT_MS, signal });
    } finally {
      await opened.close();
    }
  } catch (fault) {
    signal.throwIfAborted();
    if (!(fault instanceof AutomemError)) throw fault;
    return failLine("engine", fault.code, `${fault.message} Install it again: automem plugin add ${ENGINE} --force`);
  }
  const tookMs = app.clock.monotonicMs() - startedMs;
  return okLine("engine", `started and answered with ${model.name} in ${(tookMs / 1000).toFixed(1)} s`);
}
