/** The `scripted` decider: decisions from a file, by round and trial. For tests and dry runs. Documented for users in docs/deciders.md. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { Hash, hashBytes } from "../../core/hash.ts";
import { Recipe } from "../../core/trainer.ts";
import { DatasetSettings } from "../dataset/settings.ts";
import { OutcomeSettings } from "../selection/outcome/settings.ts";
import type { DataPlan, Decider, Decision, DecisionFrame } from "./decider.ts";

const Reason = v.optional(v.pipe(v.string(), v.minLength(1)), "The script says so.");

const ScriptedData = v.variant("kind", [
  /** A script cannot know a hash that is yet to be made: the campaign's first or last dataset. */
  v.strictObject({ kind: v.literal("reuse"), dataset: v.union([v.picklist(["first", "last"]), Hash]) }),
  v.strictObject({
    kind: v.literal("build"),
    dataset: v.optional(DatasetSettings, {}),
    outcome: v.optional(OutcomeSettings, {}),
    criteria: v.optional(v.pipe(v.string(), v.maxLength(8_000))),
    episodes: v.optional(v.picklist(["round", "all"]), "round"),
  }),
]);

const ScriptedDecision = v.variant("kind", [
  v.strictObject({
    kind: v.literal("plan"),
    data: v.optional(ScriptedData, { kind: "build" }),
    recipes: v.pipe(v.array(Recipe), v.minLength(1), v.maxLength(2)),
    reason: Reason,
  }),
  v.strictObject({ kind: v.literal("done"), reason: Reason }),
]);

const DecisionScript = v.strictObject({
  schema: v.literal("automem.decision-script/1"),
  /** By round and trial of the round (`r1t2`), or `*` for every other. */
  decisions: v.record(
    v.pipe(v.string(), v.regex(/^(r[1-9]\d*t[1-9]\d*|\*)$/, "not r1t1 and the like, nor *")),
    ScriptedDecision,
  ),
});

/** Named `scripted:` and the path. A trial that the script does not name ends the round. Throws `ConfigError`: `no-script`, `bad-script`. */
export async function createScriptedDecider(path: string): Promise<Decider> {
  const full = resolve(path);
  const text = await readFile(full, "utf8").catch((cause: Error) => {
    throw new ConfigError(`Cannot read the decision script ${full}: ${cause.message}`, { code: "no-script", cause });
  });
  const { decisions } = parse(text, full);
  const decide = (frame: DecisionFrame): Decision => {
    const key = `r${frame.round}t${frame.trial}`;
    const said = Object.hasOwn(decisions, key) ? decisions[key] : decisions["*"];
    if (said === undefined) return { kind: "done", reason: `The script has no decision for ${key}.` };
    if (said.kind === "done") return said;
    return { kind: "plan", plan: { data: dataOf(said.data, frame, full), recipes: said.recipes }, reason: said.reason };
  };
  return {
    identity: { name: `scripted:${path}`, details: { digest: hashBytes(text) } },
    decide: async (frame) => ({ decision: decide(frame), spent: { tokens: 0, money: 0 } }),
    close: async () => undefined,
  };
}

function dataOf(data: v.InferOutput<typeof ScriptedData>, { datasets }: DecisionFrame, path: string): DataPlan {
  if (data.kind === "build") return data;
  const { dataset } = data;
  if (dataset !== "first" && dataset !== "last") return { kind: "reuse", dataset };
  const found = dataset === "first" ? datasets.at(0) : datasets.at(-1);
  if (found !== undefined) return { kind: "reuse", dataset: found.hash };
  throw new ConfigError(`${path}: there is no ${dataset} dataset to use again yet. Build one in an earlier trial.`, {
    code: "bad-script",
  });
}

function parse(text: string, path: string): v.InferOutput<typeof DecisionScript> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path} is not JSON: ${(cause as Error).message}`, { code: "bad-script", cause });
  }
  const parsed = v.safeParse(DecisionScript, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new ConfigError(`${path}: ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}. See docs/deciders.md.`, {
    code: "bad-script",
  });
}
