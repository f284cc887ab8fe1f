/** The actions that answer what the game asks, each with what it means. */

import { actionForKey } from "./keys.ts";
import { compass } from "./nle/directions.ts";
import type { Item } from "./nle/inventory.ts";
import type { Question } from "./nle/question.ts";

export interface Answer {
  action: string;
  meaning: string;
}

const choiceWords: Readonly<Record<string, string>> = { y: "yes", n: "no", q: "quit", a: "all" };

/**
 * Directions for a direction, the keys of items for an item, the letters in brackets for a choice, and the way out. `offered` are the names
 * of the task's actions. An item whose letter no action types is not among the answers.
 */
export function answersTo(question: Question, items: readonly Item[], offered: readonly string[]): Answer[] {
  const { kind } = question;
  if (kind === "direction") return directionAnswers(offered);
  const answers: Answer[] = [];
  for (const key of question.keys) {
    const action = actionForKey(key, offered);
    if (action !== undefined) answers.push({ action, meaning: meaningOf(kind, key, items) });
  }
  if (kind === "place") {
    answers.push(...directionAnswers(offered).map(({ action }) => ({ action, meaning: "moves the cursor" })));
    if (offered.includes("wait")) answers.push({ action: "wait", meaning: "takes the square under the cursor" });
  }
  if (offered.includes("more")) answers.push({ action: "more", meaning: moreMeaning(kind) });
  return answers;
}

/** Items asked for that no action can name. */
export function unreachableItems(question: Question, offered: readonly string[]): string[] {
  if (question.kind !== "item") return [];
  return question.keys.filter((key) => actionForKey(key, offered) === undefined);
}

function directionAnswers(offered: readonly string[]): Answer[] {
  const named = Object.keys(compass).filter((name) => offered.includes(name));
  return named.map((action) => ({ action, meaning: `towards the ${action}` }));
}

function meaningOf(kind: Question["kind"], key: string, items: readonly Item[]): string {
  if (kind === "choice") return choiceWords[key] === undefined ? `types ${key}` : `types ${key}: ${choiceWords[key]}`;
  if (key === "-") return "types -: nothing, or bare hands";
  const item = items.find(({ letter }) => letter === key);
  return item === undefined || kind === "menu" ? `types ${key}` : `types ${key}: ${item.name}`;
}

function moreMeaning(kind: Question["kind"]): string {
  if (kind === "more") return "goes on";
  return kind === "menu" ? "confirms what was chosen and closes the menu" : "leaves the question";
}
