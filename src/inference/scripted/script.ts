/** The file that drives a scripted model: its schema and how it is read. Documented for users in docs/models.md. */
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { JsonObject } from "../../core/json.ts";

/** The fault codes of `ChatModel`. */
export const faultCodes = [
  "unreachable",
  "timeout",
  "cancelled",
  "model-missing",
  "context-overflow",
  "bad-response",
  "stream-cut",
  "empty-response",
  "rate-limited",
  "refused",
  "server-error",
  "engine-lost",
] as const;

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Pattern = v.pipe(
  v.string(),
  v.check((source) => isPattern(source), "not a regular expression"),
);
const OneOrMore = <S extends v.GenericSchema>(schema: S) => v.union([schema, v.pipe(v.array(schema), v.minLength(1))]);

const Fault = v.strictObject({
  code: v.picklist(faultCodes),
  message: v.optional(v.string()),
  /** Default: as the real providers have it. */
  retryable: v.optional(v.boolean()),
});

const ScriptedCall = v.strictObject({
  name: v.string(),
  /** A text stands for JSON as a model wrote it, broken perhaps. */
  arguments: v.optional(v.union([JsonObject, v.string()]), {}),
});

export const ScriptRule = v.pipe(
  v.strictObject({
    /** Only calls of this phase: what follows the last `/` of the cache key. */
    phase: v.optional(OneOrMore(v.string())),
    /** Only calls of this episode, by its key in the run (`tiny-s4`), or by all that stands before the phase. */
    episode: v.optional(OneOrMore(v.string())),
    /** Only in this step: a number from 0, or first and last. */
    step: v.optional(v.union([Count, v.tuple([Count, Count])])),
    /** Only in this turn of the conversation: the number of replies given in it so far. */
    turn: v.optional(Count),
    /** Only if the last message matches (flags `su`). */
    match: v.optional(Pattern),
    /** Only calls under an adapter (`true`, or one of that rank), or only those of the base alone (`false`). */
    adapter: v.optional(v.union([v.boolean(), v.pipe(Count, v.minValue(1))])),
    /** Used at most so often in one episode. */
    times: v.optional(v.pipe(Count, v.minValue(1))),
    /** One text, or texts given in order, one a use; after the last the rule is used up, unless `cycle`. */
    reply: v.optional(OneOrMore(v.string())),
    /** Only for calls with tools: these are asked for, beside the text of `reply` if there is one. */
    calls: v.optional(v.pipe(v.array(ScriptedCall), v.minLength(1))),
    /** Begin again after the last text. */
    cycle: v.optional(v.boolean()),
    /** `length`: as if cut by the token limit. Default `stop`. */
    finish: v.optional(v.picklist(["stop", "length"])),
    /** Milliseconds before the first text. */
    delayMs: v.optional(v.pipe(v.number(), v.minValue(0))),
    /** A fault instead of a reply. */
    fault: v.optional(Fault),
  }),
  v.check(
    ({ reply, calls, fault }) => (reply === undefined && calls === undefined) !== (fault === undefined),
    'a rule has "reply", "calls" or both, or else "fault"',
  ),
);
export type ScriptRule = v.InferOutput<typeof ScriptRule>;

const Head = {
  schema: v.literal("automem.script/1"),
  /** Regular expression with one group: the step's number, from 0, in any message. Without it, conversations are counted. */
  stepPattern: v.optional(Pattern),
  /** A file, from the script's folder, that gets a JSON line for each call. */
  log: v.optional(v.pipe(v.string(), v.minLength(1))),
  /** After all rules are used up in an episode, use them anew. */
  cycle: v.optional(v.boolean()),
};
const JsonScript = v.strictObject({ ...Head, rules: v.array(v.unknown()) });
const HeadLine = v.strictObject(Head);

export interface Script {
  rules: ScriptRule[];
  stepPattern?: string | undefined;
  log?: string | undefined;
  cycle: boolean;
}

/**
 * Reads a script: a JSON document, or JSON lines (`.jsonl`) of which the first may be the head and each other is a rule or a text.
 * A text alone is a rule that is used once in an episode. Throws `ConfigError` `bad-script` with the place.
 */
export function parseScript(text: string, path: string): Script {
  return /\.(jsonl|ndjson)$/i.test(path) ? parseLines(text, path) : parseDocument(text, path);
}

function parseDocument(text: string, path: string): Script {
  const { rules, schema: _, ...head } = check(JsonScript, parseJson(text, path), path);
  return finish(
    head,
    rules.map((value, index) => checkRule(value, `${path}, rule ${index}`)),
    path,
  );
}

function parseLines(text: string, path: string): Script {
  const lines = text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), place: `${path}, line ${index + 1}` }))
    .filter(({ line }) => line !== "");
  const values = lines.map(({ line, place }) => ({ value: parseJson(line, place), place }));
  const first = values[0];
  const hasHead = typeof first?.value === "object" && first.value !== null && "schema" in first.value;
  const { schema: _, ...head } = hasHead ? check(HeadLine, first.value, first.place) : { schema: undefined };
  const rules = values.slice(hasHead ? 1 : 0).map(({ value, place }) => checkRule(value, place));
  return finish(head, rules, path);
}

function finish(
  head: Omit<Script, "rules" | "cycle"> & { cycle?: boolean | undefined },
  rules: (string | ScriptRule)[],
  path: string,
): Script {
  if (rules.length === 0) throw new ConfigError(`${path} has no rules.`, { code: "bad-script" });
  const spread = rules.map((rule): ScriptRule => (typeof rule === "string" ? { reply: rule, times: 1 } : rule));
  return { ...head, cycle: head.cycle ?? false, rules: spread };
}

function checkRule(value: unknown, place: string): string | ScriptRule {
  return typeof value === "string" ? value : check(ScriptRule, value, place);
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${place} is not JSON: ${(cause as Error).message}`, { code: "bad-script", cause });
  }
}

function check<S extends v.GenericSchema>(schema: S, value: unknown, place: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue);
  throw new ConfigError(`${place}: ${field === null ? "" : `${field}: `}${issue.message}. See docs/models.md.`, {
    code: "bad-script",
  });
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source, "su");
    return true;
  } catch {
    return false;
  }
}
