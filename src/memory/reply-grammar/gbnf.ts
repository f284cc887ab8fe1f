/**
 * A reply's shape in GBNF, for llama.cpp, llama-server and servers that read its notation.
 * Source of the notation: ggml-org/llama.cpp `grammars/README.md`.
 */
import { type ArgumentShape, newFileName, type OperationForm, otherBlanks, type ReplyShape } from "./shape.ts";

/** No tag can begin in a text, and nothing that the memory folder would have to replace. */
const textClass = "<>\\x00-\\x09\\x0B-\\x1F\\x7F-\\x9F";
const lineClass = "<>|\\x00-\\x1F\\x7F-\\x9F";
const newLine = '"\\n"?';

/** The grammar's text, rule `root` first. Equal shapes give equal text. */
export function toGbnf(shape: ReplyShape): string {
  const rules = new Map<string, string>();
  const alternatives: string[] = [];
  if (shape.lookups.length > 0) {
    rules.set("lookup", operations(shape.lookups, rules));
    alternatives.push(repeated("lookup", 1, shape.lookupsAtMost));
  }
  if (shape.actions === undefined) {
    if (shape.writesAtMost > 0) rules.set("write", operations(shape.writes, rules));
    alternatives.push(...recording(shape));
  } else {
    rules.set("action", shape.actions.map(literal).join(" | "));
    alternatives.push(`${literal("<|ACTION|>")} action ${literal("<|END|>")}`);
  }
  const lines = [...rules].map(([name, body]) => `${name} ::= ${body}`);
  return `${[`root ::= ${alternatives.join(" | ")}`, ...lines].join("\n")}\n`;
}

function recording({ writesAtLeast, writesAtMost }: ReplyShape): string[] {
  const done = literal("<|DONE|>");
  const some = writesAtMost > 0 ? [`${repeated("write", 1, writesAtMost)} ${newLine} ${done}`] : [];
  return writesAtLeast === 0 ? [done, ...some] : some;
}

/** `least` is 1; one on a line. */
function repeated(rule: string, least: 1, most: number): string {
  return most === least ? rule : `${rule} (${newLine} ${rule}){0,${most - least}}`;
}

function operations(shapes: readonly OperationForm[], rules: Map<string, string>): string {
  return shapes
    .map(({ name, arguments: given }) => {
      if (given.length === 0) return literal(`<|${name}|>`);
      const parts = given.map((argument) => argumentRule(argument, rules)).join(` ${literal("|")} `);
      return `${literal(`<|${name}|>`)} ${parts} ${literal("<|END|>")}`;
    })
    .join(" | ");
}

/** The name of the rule for an argument, which is added to `rules`. */
function argumentRule(argument: ArgumentShape, rules: Map<string, string>): string {
  switch (argument.kind) {
    case "file":
      return fileRule(argument.existing, argument.mayBeNew, rules);
    case "count":
      return named(rules, "count", "[1-9] [0-9]?");
    case "line":
      return named(rules, `line${argument.characters}`, characters(lineClass, argument.characters, otherBlanks));
    case "text": {
      const [name, excluded] = argument.isLast ? ["text", textClass] : ["part", lineClass];
      return named(rules, `${name}${argument.characters}`, characters(excluded, argument.characters));
    }
  }
}

function fileRule(existing: readonly string[], mayBeNew: boolean, rules: Map<string, string>): string {
  if (existing.length > 0) named(rules, "file", existing.map(literal).join(" | "));
  if (!mayBeNew) return "file";
  const { first, rest, restFrom, restTo, endings } = newFileName;
  named(rules, "new", `[${first}] [${rest}]{${restFrom},${restTo}} (${endings.map(literal).join(" | ")})`);
  return existing.length > 0 ? "(file | new)" : "new";
}

/** Not in `excluded`, at most `most`, and the first no blank, nor any of `notFirst`. */
function characters(excluded: string, most: number, notFirst = ""): string {
  return `[^ \\x0A${excluded}${notFirst}] [^${excluded}]{0,${most - 1}}`;
}

function named(rules: Map<string, string>, name: string, body: string): string {
  rules.set(name, body);
  return name;
}

function literal(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
