/** From what a model wrote to the name of an action, beyond case and spaces, which `matchAction` deals with. */

/** Other words for actions, in lower case with single spaces. */
const synonyms: Readonly<Record<string, string>> = {
  north: "Move North",
  south: "Move South",
  west: "Move West",
  east: "Move East",
  up: "Move North",
  down: "Move South",
  left: "Move West",
  right: "Move East",
  noop: "Noop",
  "no op": "Noop",
  wait: "Noop",
  nothing: "Noop",
  "do nothing": "Noop",
  rest: "Sleep",
  interact: "Do",
  use: "Do",
  collect: "Do",
  gather: "Do",
  chop: "Do",
  mine: "Do",
  drink: "Do",
  attack: "Do",
  hit: "Do",
  eat: "Do",
};

/** Candidates for the action meant, best first; the caller takes the first that is one of the game's. */
export function readings(raw: string): string[] {
  const bare = raw
    .trim()
    .replace(/^action\s*:\s*/i, "")
    .replace(/^["'`*([]+|["'`*)\].!,;]+$/g, "")
    .trim();
  const plain = bare.toLowerCase().replace(/[\s_-]+/g, " ");
  const way = plain.replace(/^(?:move|go|walk|step|turn|head) (?:to the )?/, "");
  const made = plain.replace(/^(?:craft|build) /, "make ").replace(/^make (table|furnace)$/, "place $1");
  const verb = plain.split(" ")[0] ?? "";
  const words = [plain, way, verb].map((word) => (Object.hasOwn(synonyms, word) ? synonyms[word] : undefined));
  return [bare, ...words.slice(0, 2), made.replace(/ (?:wooden) /, " wood "), words[2]].filter(
    (reading): reading is string => reading !== undefined && reading !== "",
  );
}
