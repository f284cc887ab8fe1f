/** Seeds a file with what the game says of itself: its rules and its actions. Part of a scaffold package: runs in the sandbox. */
import type { EpisodeContext, Scaffold } from "automem";
import { beforeEnding, short } from "./prompt-section.ts";

const knowledgeFile = "game-rules.txt";

/** Lines of rules and of actions at most. */
const ruleLines = 40;
const actionLines = 80;

export function gameKnowledge<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    initFiles: (ctx) => ({ [knowledgeFile]: knowledge(ctx), ...inner.initFiles?.(ctx) }),
    planPrompt: (ctx) =>
      beforeEnding(
        inner.planPrompt(ctx),
        `${knowledgeFile} holds the rules and what each action does. Look a word up: <|SEARCH|>${knowledgeFile}|${example(ctx)}<|END|>`,
      ),
  };
}

function knowledge(ctx: EpisodeContext): string {
  const rules = ctx.gameInstruction
    .split(/\n|(?<=[.!?])\s+/)
    .map((part) => short(part, 200))
    .filter((part) => part.length > 2);
  const actions = ctx.actions
    .filter(({ description }) => description !== "")
    .map(({ name, description }) => `action ${name}: ${short(description, 160)}`);
  return `${[...new Set(rules)].slice(0, ruleLines).concat(actions.slice(0, actionLines)).join("\n")}\n`;
}

/** A word that stands in the file. */
function example(ctx: EpisodeContext): string {
  return ctx.actions.find(({ name }) => name !== ctx.defaultAction)?.name ?? ctx.defaultAction;
}
