/** The flags of `automem run`, and the settings they say. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { RunFile } from "../app/run-file.ts";
import type { Json } from "../core/json.ts";
import { collect } from "./option-values.ts";

/** Values as commander gives them; absent where a flag was not given. */
export interface RunFlags {
  model?: string;
  specialistModel?: string;
  specialist?: string;
  task?: string[];
  scaffold?: string;
  seeds?: string;
  episodes?: number;
  steps?: number;
  parallel?: number;
  preset?: string;
  settings?: string;
  temperature?: number;
  topP?: number;
  maxTokens?: number;
  sampleSeed?: number;
  context?: number;
  logCalls?: number;
  planCalls?: number;
  callTimeout?: number;
  restarts?: number;
  constrain?: boolean;
  stepTokens?: number;
  budgetSteps?: number;
  budgetTime?: number;
  budgetTokens?: number;
  budgetMoney?: number;
  cacheCalls?: boolean;
  gameOption?: Record<string, Json>;
}

/** Adds the flags of `run` to a command. */
export function addRunFlags(command: Command): Command {
  return addPlayFlags(command)
    .option("--seeds <set|list>", "a seed set (select, report, ...) or a list (42,43 or 42..51)")
    .option("-n, --episodes <n>", "episodes of each task: the first seeds (default: 1, or all seeds given)", whole)
    .option("--preset <name>", "settings by name; paper: those of the paper for this game")
    .option("--budget-steps <n>", "stop after so many steps of all episodes", whole)
    .option("--budget-time <seconds>", "stop after so long", whole)
    .option("--budget-tokens <n>", "stop after so many tokens, cached ones included", whole)
    .option("--budget-money <amount>", "stop after so much, by the prices in the settings file", decimal);
}

/** Those that say how episodes are played, whichever they are. */
export function addPlayFlags(command: Command): Command {
  return command
    .option("-m, --model <model>", "PROVIDER:MODEL, such as llama-cpp:smollm2-135m or ollama:qwen2.5:7b")
    .option(
      "--specialist <adapter>",
      "an adapter of the store: the model with it keeps the memory, the model alone acts; see automem adapter",
    )
    .option(
      "--specialist-model <model>",
      "a second model that keeps the memory: it does LOG and looks things up in PLAN",
    )
    .option("-t, --task <task>", "task of the game; repeat for several (default: all the plugin names)", collect)
    .option("--scaffold <scaffold>", "scaffold by name, folder, ref or hash (default: base)")
    .option("--steps <n>", "steps of an episode at most (default: the game's limit)", whole)
    .option("-p, --parallel <n>", "episodes at the same time (default: 1)", whole)
    .option("--settings <file>", "TOML file with settings; flags win over it")
    .option("--temperature <t>", "0 is greedy (default: 1)", decimal)
    .option("--top-p <p>", "nucleus sampling, 0 to 1", decimal)
    .option("--max-tokens <n>", "tokens of one reply at most (default: 512)", whole)
    .option("--sample-seed <n>", "seed of the sampling, where the server honours one", whole)
    .option("--constrain", "hold replies to the operations and actions that are open")
    .option("--context <tokens>", "tokens of one conversation (default: the model's)", whole)
    .option("--log-calls <n>", "model calls in one LOG at most (default: 10)", whole)
    .option("--plan-calls <n>", "model calls in one PLAN at most (default: 10)", whole)
    .option("--step-tokens <n>", "tokens read and written in one step at most", whole)
    .option("--cache-calls", "keep replies by what was asked and give them again")
    .option("--call-timeout <seconds>", "time limit of one model call (default: 600)", decimal)
    .addOption(
      new Option(
        "--restarts <n>",
        "times a lost game or engine is started again for an episode (default: 2)",
      ).argParser(whole),
    )
    .option("--game-option <key=value>", "option of the game, see automem plugin info; repeat for several", keyValue);
}

/** The settings that flags say; nothing for flags not given. */
export function settingsOfFlags(game: string | undefined, flags: RunFlags): RunFile {
  return (present({
    game,
    model: flags.model,
    specialistModel: flags.specialistModel,
    specialist: flags.specialist,
    tasks: flags.task,
    scaffold: flags.scaffold,
    seeds: flags.seeds,
    episodes: flags.episodes,
    maxSteps: flags.steps,
    parallel: flags.parallel,
    preset: flags.preset,
    contextTokens: flags.context,
    restarts: flags.restarts,
    constrain: flags.constrain,
    cacheCalls: flags.cacheCalls,
    budget: present({
      steps: flags.budgetSteps,
      seconds: flags.budgetTime,
      tokens: flags.budgetTokens,
      money: flags.budgetMoney,
    }),
    gameOptions: flags.gameOption,
    sampling: present({
      temperature: flags.temperature,
      topP: flags.topP,
      maxTokens: flags.maxTokens,
      seed: flags.sampleSeed,
    }),
    agent: present({
      logCalls: flags.logCalls,
      planCalls: flags.planCalls,
      tokensPerStep: flags.stepTokens,
      callTimeoutMs: flags.callTimeout === undefined ? undefined : Math.round(flags.callTimeout * 1000),
    }),
  }) ?? {}) as RunFile;
}

/** The entries that are not undefined; `undefined` if there is none. */
export function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return entries.length > 0
    ? (Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> })
    : undefined;
}

export function whole(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(text);
}

export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("Expected a number of 0 or more.");
  return value;
}

/** `key=value`; the value is JSON where it reads as JSON, text otherwise. */
function keyValue(text: string, before: Record<string, Json> = {}): Record<string, Json> {
  const at = text.indexOf("=");
  if (at <= 0) throw new InvalidArgumentError("Expected key=value.");
  const value = text.slice(at + 1);
  return { ...before, [text.slice(0, at)]: jsonOrText(value) };
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (notJson) {
    if (notJson instanceof SyntaxError) return text;
    throw notJson;
  }
}
