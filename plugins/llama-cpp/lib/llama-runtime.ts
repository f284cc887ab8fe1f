/** llama.cpp as this plugin starts it: which build, how many threads, where its messages go, and the vocabulary of a model. */
import { availableParallelism } from "node:os";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { EngineFault, INVALID_PARAMS } from "./faults.ts";
import type { Vocabulary } from "./prompt.ts";

const SMALL_MACHINE_CORES = 4;
const KEPT_LOG_LINES = 12;

export type LogWriter = (level: LlamaLogLevel, message: string) => void;

/** The control tokens by their texts, and plain tokenising. */
export function readVocabulary(model: LlamaModel): Vocabulary {
  const controlTokens = new Map<string, number>();
  for (const token of model.iterateAllTokens()) {
    const attributes = model.getTokenAttributes(token);
    if (!attributes.control && !attributes.unknown) continue;
    const text = model.detokenize([token], true);
    if (text !== "") controlTokens.set(text, token);
  }
  const begin = model.tokens.shouldPrependBosToken ? model.tokens.bos : null;
  return { controlTokens, tokenize: (text) => model.tokenize(text, false), beginToken: begin ?? undefined };
}

/** One thread on small machines: two threads on two busy cores were measured ten times slower than one. */
export function defaultThreads(): number {
  const cores = availableParallelism();
  return cores <= SMALL_MACHINE_CORES ? 1 : Math.floor(cores / 2);
}

/** Apple silicon has a Metal build only; elsewhere the CPU build is what the plugin brings. */
export async function startLlama(threads: number, gpu: boolean | undefined, log: LogWriter): Promise<Llama> {
  const appleSilicon = process.platform === "darwin" && process.arch === "arm64";
  const llama = await getLlama({
    gpu: appleSilicon ? "metal" : gpu === true ? "auto" : false,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.warn,
    logger: log,
  });
  if (gpu === true && llama.gpu === false) {
    throw new EngineFault(
      INVALID_PARAMS,
      "no-gpu",
      "A GPU was asked for, but this plugin brings the CPU build only on this system.",
    );
  }
  return llama;
}

export interface EngineLog {
  /** The last messages, oldest first. */
  readonly lines: readonly string[];
  write: LogWriter;
  /** Messages that came while `work` ran, at most as many as are kept. llama.cpp hands them over a little later than it says them. */
  during(work: () => Promise<unknown>): Promise<string[]>;
}

/** llama.cpp's messages: all to stderr, the last ones kept for the error of what failed. */
export function createLog(): EngineLog {
  const lines: string[] = [];
  let count = 0;
  return {
    lines,
    write(level, message) {
      const line = message.trim();
      if (line === "") return;
      process.stderr.write(`[llama.cpp ${level}] ${line}\n`);
      lines.push(line);
      count += 1;
      if (lines.length > KEPT_LOG_LINES) lines.shift();
    },
    async during(work) {
      const before = count;
      await work();
      await new Promise((resolve) => setImmediate(resolve));
      return count === before ? [] : lines.slice(-(count - before));
    },
  };
}
