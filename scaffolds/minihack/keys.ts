/**
 * The keys that MiniHack's actions type. The game has no actions for letters: to answer "What do you want to zap? [j]" one plays the
 * action whose key is j, which is "south". Names and keys: plugins/minihack/automem_minihack/actions.py.
 */

const keys: Readonly<Record<string, string>> = {
  north: "k",
  east: "l",
  south: "j",
  west: "h",
  northeast: "u",
  southeast: "n",
  southwest: "b",
  northwest: "y",
  "far north": "K",
  "far east": "L",
  "far south": "J",
  "far west": "H",
  "far northeast": "U",
  "far southeast": "N",
  "far southwest": "B",
  "far northwest": "Y",
  up: "<",
  down: ">",
  wait: ".",
  apply: "a",
  close: "c",
  eat: "e",
  open: "o",
  pickup: ",",
  puton: "P",
  quaff: "q",
  search: "s",
  zap: "z",
};

/** The action that types this key; `undefined` if the task offers none. */
export function actionForKey(key: string, offered: readonly string[]): string | undefined {
  return offered.find((name) => Object.hasOwn(keys, name) && keys[name] === key);
}
