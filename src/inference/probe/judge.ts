/** Says of each fact about a model whether it is good, and what it costs the user where it is not. Pure. */
import { type CheckLine, failLine, okLine, warnLine } from "../../core/check-line.ts";
import { found, type ProbeFacts, type ProbeFault } from "./facts.ts";

/** Share of a continued conversation that a working prefix cache gives back. */
const GOOD_PREFIX_SHARE = 0.5;
/** Without counts: the second call's first token came this much sooner. */
const TELLING_SPEEDUP = 2;
/** A prompt of a game step, for what a slow or cacheless model costs. */
const TYPICAL_PROMPT_TOKENS = 2000;
const SLOW_PROMPT_SECONDS = 20;

/** One line for each capability, in the order of what matters most. */
export function judgeModel(facts: ProbeFacts): CheckLine[] {
  const first = answeredLine(facts);
  if (first.status === "fail") return [first];
  return [
    first,
    contextLine(facts),
    ...speedLines(facts),
    prefixLine(facts),
    seedLine(facts),
    ...samplingLines(facts),
    grammarLine(facts),
    countingLine(facts),
    adaptersLine(facts),
    streamingLine(facts),
    digestLine(facts),
  ];
}

/** The line of a model that could not even be opened. */
export function unreachableLine(fault: ProbeFault): CheckLine {
  return { name: "reachable", status: "fail", found: fault.code, cost: fault.message };
}

function answeredLine({ answered }: ProbeFacts): CheckLine {
  if ("fault" in answered)
    return { name: "answers", status: "fail", found: answered.fault.code, cost: answered.fault.message };
  return okLine("answers", `yes, the first call in ${seconds(answered.totalMs / 1000)}`);
}

function contextLine({ identity, capabilities, overflow }: ProbeFacts): CheckLine {
  const size = identity.contextTokens === undefined ? "unknown" : `${identity.contextTokens} tokens`;
  if (overflow === "refused") return okLine("context", `${size}; a longer prompt is refused`);
  if (overflow === "answered") {
    const cost =
      "A prompt that is too long is cut without a word: the agent loses its instructions and nobody sees it.";
    return { name: "context", status: "fail", found: `${size}; a longer prompt was answered`, cost };
  }
  if (typeof overflow === "object") return faulty("context", overflow.fault);
  if (capabilities.overflow === "silent") {
    const cost =
      "This server is not known to refuse a prompt that is too long; only its figures show a cut, afterwards.";
    return { name: "context", status: "warn", found: size, cost };
  }
  return okLine("context", `${size}; too large to try a longer prompt`);
}

function speedLines({ speed }: ProbeFacts): CheckLine[] {
  if (speed !== undefined && "fault" in speed) return [faulty("speed", speed.fault)];
  const { promptTokensPerSecond: prompt, generatedTokensPerSecond: generated } = speed ?? {};
  const unknown = "The server gives no token counts, so neither speed nor cost of a run can be told.";
  return [
    prompt === undefined ? warnLine("prompt speed", "unknown", unknown) : promptLine(prompt),
    generated === undefined
      ? warnLine("generation speed", "unknown", unknown)
      : okLine("generation speed", `${rounded(generated)} tokens/s`),
  ];
}

function promptLine(tokensPerSecond: number): CheckLine {
  const wait = TYPICAL_PROMPT_TOKENS / tokensPerSecond;
  const text = `${rounded(tokensPerSecond)} tokens/s`;
  if (wait <= SLOW_PROMPT_SECONDS) return okLine("prompt speed", text);
  return warnLine("prompt speed", text, `A prompt of ${TYPICAL_PROMPT_TOKENS} tokens takes ${seconds(wait)} to read.`);
}

function prefixLine({ prefix, speed, capabilities }: ProbeFacts): CheckLine {
  if (prefix !== undefined && "fault" in prefix) return faulty("prefix cache", prefix.fault);
  const { promptTokens, cachedTokens, firstTokenMs, repeatedFirstTokenMs } = prefix ?? {};
  const perSecond = found(speed)?.promptTokensPerSecond;
  const again =
    perSecond === undefined
      ? ""
      : `, ${seconds(TYPICAL_PROMPT_TOKENS / perSecond)} for ${TYPICAL_PROMPT_TOKENS} tokens`;
  if (cachedTokens !== undefined && promptTokens !== undefined) {
    const text = `${cachedTokens} of ${promptTokens} tokens on a repeated prefix`;
    if (cachedTokens >= GOOD_PREFIX_SHARE * promptTokens) return okLine("prefix cache", text);
    return warnLine(
      "prefix cache",
      text,
      `Each call reads its whole conversation again${again}. Turn the server's prefix cache on.`,
    );
  }
  const hidden = capabilities.cachedTokens ? "not said for this prompt" : "not reported";
  const sooner =
    firstTokenMs !== undefined &&
    repeatedFirstTokenMs !== undefined &&
    repeatedFirstTokenMs * TELLING_SPEEDUP < firstTokenMs;
  const cost = "What a run really evaluated, and so its cost, cannot be shown.";
  if (sooner) {
    const times = `first token after ${rounded(firstTokenMs)} ms, then ${rounded(repeatedFirstTokenMs)} ms`;
    return warnLine("prefix cache", `${hidden}, but it works: ${times}`, cost);
  }
  return warnLine("prefix cache", hidden, `${cost} Perhaps each call reads its whole conversation again${again}.`);
}

function seedLine({ seed, capabilities }: ProbeFacts): CheckLine {
  if (seed !== undefined && "fault" in seed) return faulty("seed", seed.fault);
  const cost = "Two runs with the same settings differ; only a run's recorded replies repeat it.";
  if (!capabilities.seed) return warnLine("seed", "not honoured", cost);
  if (seed?.sameTwice !== true) return warnLine("seed", "the same seed gave two texts", cost);
  if (!seed.otherDiffers) {
    return warnLine(
      "seed",
      "the same text twice, and from another seed too",
      "The seed may be ignored; samples may all be equal.",
    );
  }
  return okLine("seed", "the same text twice");
}

function samplingLines({ capabilities }: ProbeFacts): CheckLine[] {
  if (!capabilities.fixedSampling) return [];
  const cost =
    "Greedy replies, other temperatures, topP, topK and minP cannot be had; compare it only with runs at temperature 1.";
  return [warnLine("sampling", "the server's own", cost)];
}

function grammarLine({ grammar, capabilities }: ProbeFacts): CheckLine {
  if (grammar !== undefined && "fault" in grammar) return faulty("grammar", grammar.fault);
  if (capabilities.grammar === "none") {
    const cost = "--constrain cannot be used: a model that writes malformed operations wastes calls on them.";
    return warnLine("grammar", "none", cost);
  }
  if (grammar?.kept === true) return okLine("grammar", capabilities.grammar);
  const said = JSON.stringify(grammar?.text ?? "");
  return warnLine(
    "grammar",
    `${capabilities.grammar}, not kept: ${said}`,
    "The server ignores grammars; --constrain would not hold.",
  );
}

function countingLine({ counting }: ProbeFacts): CheckLine {
  if (counting !== undefined && "fault" in counting) return faulty("token count", counting.fault);
  const { counted, reported } = counting ?? {};
  if (counted === undefined) {
    return warnLine(
      "token count",
      "only afterwards",
      "A prompt that does not fit is found out by the server's refusal, one request later.",
    );
  }
  if (reported !== undefined && reported !== counted) {
    const cost = "Counts before a call are off; leave room in the context.";
    return warnLine("token count", `${counted} counted, ${reported} reported`, cost);
  }
  return okLine("token count", "before sending");
}

function adaptersLine({ capabilities, loadedAdapters }: ProbeFacts): CheckLine {
  if (loadedAdapters !== undefined && "fault" in loadedAdapters) return faulty("adapters", loadedAdapters.fault);
  if (capabilities.adapters === "runtime")
    return okLine("adapters", `while it runs; ${loadedAdapters?.length ?? 0} loaded`);
  if (capabilities.adapters === "load-at-start") {
    return warnLine("adapters", "at its start", "A newly trained specialist needs a restart of the server.");
  }
  return warnLine("adapters", "none", "A trained memory specialist cannot be used with this server as it runs.");
}

function streamingLine({ capabilities, streamedPieces }: ProbeFacts): CheckLine {
  if (capabilities.streaming && (streamedPieces ?? 0) > 1) return okLine("streaming", `yes, ${streamedPieces} pieces`);
  return warnLine(
    "streaming",
    "no",
    "A reply shows only when it is whole, and its time to the first token is unknown.",
  );
}

function digestLine({ identity }: ProbeFacts): CheckLine {
  const version = identity.serverVersion ?? "version unknown";
  if (identity.digest !== undefined) return okLine("identity", `${identity.digest.slice(0, 12)}, ${version}`);
  return warnLine(
    "identity",
    version,
    "The server does not say which weights it has: a change of them would go unseen in results.",
  );
}

function faulty(name: string, fault: ProbeFault): CheckLine {
  return failLine(name, fault.code, fault.message);
}

function rounded(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

function seconds(value: number): string {
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1)} s`;
}
