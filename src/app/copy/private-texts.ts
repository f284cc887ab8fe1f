/**
 * What must not leave the machine in a copy: where things lie on it, whose it is, and secrets of the environment. Known places and secrets are
 * taken out of every text. Any other absolute path is cut to its last name, but only in what automem itself says (commands, settings, faults):
 * in what a game showed and a model wrote, "/a/b" may mean something else, and it is copied word for word.
 */
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { App } from "../app.ts";

export interface PrivateTexts {
  /** Of what was played: known places and secrets only. */
  inPlay<Value>(value: Value): Value;
  /** Of what automem says. */
  inAnswer<Value>(value: Value): Value;
}

const secretName = /(KEY|TOKEN|SECRET|PASS(WORD|WD|PHRASE)?|CREDENTIALS?|AUTH)(_|$)/i;
const shortestSecret = 6;

export function privateTexts(app: Pick<App, "environment" | "home">): PrivateTexts {
  const { environment, home } = app;
  const places: [string, string][] = [
    [home.folder, "AUTOMEM_HOME"],
    [resolve(home.folder), "AUTOMEM_HOME"],
    [environment.HOME ?? "", "~"],
    [environment.USERPROFILE ?? "", "~"],
    [homedir(), "~"],
    [process.cwd(), "."],
  ];
  const secrets = Object.entries(environment).flatMap(([name, value]): string[] =>
    value !== undefined && value.length >= shortestSecret && secretName.test(name) ? [value] : [],
  );
  const known = [
    ...places
      // "/" and "C:\" are no one's.
      .filter(([place]) => place.replace(/[\\/]+$/, "").length > 2)
      .map(([place, name]): [RegExp, string] => [
        new RegExp(`(?<![\\w.~-])${RegExp.escape(place.replace(/[\\/]+$/, ""))}(?![\\w-])`, "g"),
        name,
      ])
      .sort(([one], [other]) => other.source.length - one.source.length),
    ...secrets.map((secret): [RegExp, string] => [new RegExp(RegExp.escape(secret), "g"), "(removed)"]),
  ];
  const inPlay = (text: string) => known.reduce((now, [place, name]) => now.replace(place, () => name), text);
  return {
    inPlay: (value) => eachText(value, inPlay),
    inAnswer: (value) => eachText(value, (text) => withoutPaths(inPlay(text))),
  };
}

/** Every text in a value of JSON, names of fields too; the value itself where nothing changes. */
export function eachText<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === "string") return change(value) as Value;
  if (Array.isArray(value)) return value.map((item) => eachText(item, change)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [change(name), eachText(inner, change)]),
  ) as Value;
}

/** Absolute paths cut to their last name; names and passwords taken out of addresses. `/dev/null` is the same everywhere. */
export function withoutPaths(text: string): string {
  // A word of a command, which may hold spaces: `--log=/a/b c/d`, `llama-cpp:/a/b.gguf`.
  const word = /^((?:[\w.+-]+[=:])*)(?:(?:\/[^/\n]+){2,}\/?|[A-Za-z]:\\[^\n]+)$/.exec(text);
  if (word !== null) return word[1] + lastName(text);
  return text
    .replace(/\bfile:\/{1,3}[^\s"'<>]+/g, (path) => lastName(path))
    .replace(/(?<![\w/.~…-])\/(?:[\w.@+%~-]+\/)+[\w.@+%~-]+/g, (path) => (path === "/dev/null" ? path : lastName(path)))
    .replace(/\b[A-Za-z]:\\(?:[^\\\s"'<>|]+\\)*[^\\\s"'<>|]+/g, (path) => lastName(path))
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, "$1");
}

function lastName(path: string): string {
  return `…/${path.split(/[\\/]/).findLast((part) => part !== "") ?? ""}`;
}
