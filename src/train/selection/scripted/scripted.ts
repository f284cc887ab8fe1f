/** The selector `scripted`: choices from a file, by rules over places and kinds. For tests and dry runs; asks nobody. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as v from "valibot";
import { ConfigError } from "../../../core/errors.ts";
import { hashBytes } from "../../../core/hash.ts";
import { TurnId, TurnKind } from "../../../core/training.ts";
import type { TurnSummary } from "../../candidates/turn.ts";
import { type Selector, TurnChoice } from "../selector.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

const ScriptedRule = v.strictObject({
  /** A turn fits if all that is said here is so. */
  turn: v.optional(TurnId),
  kind: v.optional(TurnKind),
  task: v.optional(v.string()),
  seed: v.optional(Count),
  step: v.optional(Count),
  phase: v.optional(v.picklist(["log", "plan"])),
  call: v.optional(Count),
  /** Of the value, at least. */
  value: v.optional(v.number()),
  /** The criterion that the choice names, and the reason. */
  criterion: v.optional(TurnChoice.entries.rule, "scripted"),
  reason: v.optional(TurnChoice.entries.reason, "The script says so."),
});
type ScriptedRule = v.InferOutput<typeof ScriptedRule>;

const SelectionScript = v.strictObject({
  schema: v.literal("automem.selection-script/1"),
  criteria: v.optional(v.string(), "As scripted.\n"),
  batchTurns: v.optional(v.pipe(Count, v.minValue(1)), 1_000),
  /** Of a turn the first one that fits; one that none fits is not chosen. */
  choose: v.array(ScriptedRule),
});

/** Named `scripted:` and the path. Throws `ConfigError`: `no-script`, `bad-script`. */
export async function createScriptedSelector(path: string): Promise<Selector> {
  const full = resolve(path);
  const text = await readFile(full, "utf8").catch((cause: Error) => {
    throw new ConfigError(`Cannot read the selection script ${full}: ${cause.message}`, { code: "no-script", cause });
  });
  const { criteria, batchTurns, choose } = parse(text, full);
  return {
    identity: { name: `scripted:${path}`, details: { digest: hashBytes(text) } },
    batchTurns,
    criteria: async () => criteria,
    choose: async ({ turns }) =>
      turns.flatMap((turn) => {
        const rule = choose.find((one) => fits(one, turn));
        return rule === undefined ? [] : [{ turn: turn.id, rule: rule.criterion, reason: rule.reason }];
      }),
  };
}

function fits(rule: ScriptedRule, turn: TurnSummary): boolean {
  const { id, kind, task, seed, stepIndex, phase, callIndex, value } = turn;
  const pairs: [unknown, unknown][] = [
    [rule.turn, id],
    [rule.kind, kind],
    [rule.task, task],
    [rule.seed, seed],
    [rule.step, stepIndex],
    [rule.phase, phase],
    [rule.call, callIndex],
  ];
  return pairs.every(([asked, is]) => asked === undefined || asked === is) && value >= (rule.value ?? 0);
}

function parse(text: string, path: string): v.InferOutput<typeof SelectionScript> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path} is not JSON: ${(cause as Error).message}`, { code: "bad-script", cause });
  }
  const parsed = v.safeParse(SelectionScript, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new ConfigError(
    `${path}: ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}. See docs/training-data.md.`,
    {
      code: "bad-script",
    },
  );
}
