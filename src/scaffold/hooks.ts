/** The hooks by name: what each may reach of the memory folder, and what the engine does where a package has none. */
import type { ContinueInput, EpisodeContext } from "../core/scaffold.ts";

export type MemoryAccess = "none" | "read" | "write";

export const hookAccess = {
  initFiles: "none",
  instruction: "none",
  onReset: "none",
  onObservation: "read",
  logPrompt: "read",
  logContinue: "read",
  planPrompt: "read",
  planContinue: "read",
  handoff: "read",
  onOperation: "read",
  afterLog: "write",
  beforePlan: "write",
  repairAction: "none",
  validateAction: "read",
  fallbackAction: "none",
  debug: "none",
} as const satisfies Record<string, MemoryAccess>;

export type HookName = keyof typeof hookAccess;

export const requiredHooks: readonly HookName[] = ["logPrompt", "planPrompt"];

/** What a continue turn says where the package has no hook for it. */
export function defaultContinue(input: ContinueInput, ending: string): string {
  const parts = input.results.map(({ operation, text }) => `${operation}\n${text}`);
  if (input.rejection !== undefined) parts.push(`Action refused: ${input.rejection}`);
  parts.push(`Calls left: ${input.callsLeft}. ${ending}`);
  return parts.join("\n\n");
}

export const defaultEndings = {
  log: "Write what is still missing, or end with <|DONE|>",
  plan: "Look up what you need, or commit: <|ACTION|>name<|END|>",
  handoff: "Choose now. Answer with the action alone: <|ACTION|>name<|END|>",
} as const;

/** The action that differs from `raw` in case, spaces, `_` or `-` only; else `raw` without outer spaces. */
export function defaultRepair(episode: EpisodeContext, raw: string): string {
  const wanted = raw.trim();
  if (episode.actions.some(({ name }) => name === wanted)) return wanted;
  const matches = episode.actions.filter(({ name }) => plainName(name) === plainName(wanted));
  return matches.length === 1 ? matches[0]!.name : wanted;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, " ");
}
