/** The actions that answer what the game asks, each with what it means. In NetHack every key has an action. */
import { compass } from "./nle/directions.ts";
import type { PastStep } from "./nle/history.ts";
import type { Item } from "./nle/inventory.ts";
import type { Question } from "./nle/question.ts";

export interface Answer {
  action: string;
  meaning: string;
}

const choiceWords: Readonly<Record<string, string>> = { y: "yes", n: "no", q: "quit", a: "all" };

/** The answers that exist among `offered`, the names of the game's actions. The way out is the last. */
export function answersTo(question: Question, items: readonly Item[], offered: ReadonlySet<string>): Answer[] {
  const { kind, keys } = question;
  const answers: Answer[] = [];
  if (kind === "direction" || kind === "place") {
    const meaning = kind === "direction" ? "" : "moves the cursor";
    for (const name of Object.keys(compass)) answers.push({ action: name, meaning: meaning || `towards the ${name}` });
    if (kind === "direction") {
      answers.push({ action: "up", meaning: "upwards" }, { action: "down", meaning: "downwards" });
      answers.push({ action: "wait", meaning: "yourself" });
    } else answers.push({ action: "wait", meaning: "takes the square under the cursor" });
  } else if (kind === "item") {
    for (const key of keys) {
      const item = items.find(({ letter }) => letter === key);
      if (key === "$") answers.push({ action: "seegold", meaning: "your gold" });
      else answers.push({ action: key, meaning: item?.name ?? `types ${key}` });
    }
  } else if (kind === "choice") {
    for (const key of keys) answers.push({ action: key, meaning: choiceWords[key] ?? `types ${key}` });
  } else if (kind === "menu") {
    for (const key of keys) answers.push({ action: key, meaning: "chooses that line" });
    answers.push({ action: "more", meaning: "confirms what was chosen, or the next page" });
  } else if (kind === "count") {
    answers.push({ action: "search", meaning: "searches that often; other commands are repeated likewise" });
  } else answers.push({ action: "more", meaning: kind === "more" ? "goes on" : "confirms what was typed" });
  if (kind !== "more") answers.push({ action: "esc", meaning: "leaves it" });
  return answers.filter(({ action }) => offered.has(action));
}

/** How many of the last steps were spent on questions and menus. */
export function stepsAsked(history: readonly PastStep[]): number {
  let count = 0;
  for (let at = history.length - 1; at >= 0 && history[at]!.effect === "asked"; at -= 1) count += 1;
  return count;
}
