/** The actions of the game as a prompt lists them: few with a line each, many by name. */
import type { Action } from "automem";

/** More actions than this are listed by name only. */
const describedActions = 40;

export function actionList(actions: readonly Action[]): string {
  return actions.length <= describedActions ? described(actions) : byName(actions.map(({ name }) => name));
}

/** One line for each action; those that do the same in other directions share one. */
function described(actions: readonly Action[]): string {
  const list: string[] = [];
  let previous: string | undefined;
  let alike: string[] = [];
  const flush = () => {
    if (alike.length > 0) list.push(`${alike.join(", ")}: likewise`);
    alike = [];
  };
  for (const { name, description } of actions) {
    const words = name.toLowerCase().split(" ");
    const kind = description
      .split(" ")
      .filter((word) => !words.includes(word))
      .join(" ");
    if (description !== "" && kind === previous) {
      alike.push(name);
      continue;
    }
    flush();
    previous = kind;
    list.push(description === "" ? name : `${name}: ${description}`);
  }
  flush();
  return list.join("\n");
}

/** Commands by name; letters and numbers as ranges. */
function byName(names: readonly string[]): string {
  const single = names.filter((name) => /^[A-Za-z0-9]$/.test(name));
  const groups = [
    names.filter((name) => name.length > 1 && !/^\d+$/.test(name)).join(", "),
    range(
      "letters that answer questions",
      single.filter((name) => /[a-z]/.test(name)),
    ),
    range(
      "capitals that answer questions",
      single.filter((name) => /[A-Z]/.test(name)),
    ),
    range(
      "digits",
      single.filter((name) => /\d/.test(name)),
    ),
    range(
      "numbers",
      names.filter((name) => /^\d\d+$/.test(name)),
    ),
    names.filter((name) => name.length === 1 && !single.includes(name)).join(" "),
  ];
  return groups.filter((group) => group !== "").join("\n");
}

function range(label: string, names: readonly string[]): string {
  return names.length < 4 ? names.join(", ") : `${label}: ${names[0]} to ${names[names.length - 1]}`;
}
