/**
 * A small reader of GBNF (ggml-org/llama.cpp `grammars/README.md`): literals, classes, groups, alternatives, `?` and `{m,n}`. It draws strings
 * of a grammar's language and tells whether a string belongs to it. What it does not know it refuses, so a grammar that passes keeps to this part.
 */

type Node =
  | { kind: "text"; text: string }
  | { kind: "class"; negated: boolean; ranges: [number, number][] }
  | { kind: "rule"; name: string }
  | { kind: "sequence"; parts: Node[] }
  | { kind: "choice"; options: Node[] }
  | { kind: "repeat"; part: Node; least: number; most: number };

export type Rules = ReadonlyMap<string, Node>;

/** A number in [0, below). */
export type Draw = (below: number) => number;

export function readGbnf(grammar: string): Rules {
  const rules = new Map<string, Node>();
  for (const line of grammar.trimEnd().split("\n")) {
    const [, name, body] = /^([a-z][a-z0-9-]*) ::= (.+)$/.exec(line) ?? [];
    if (name === undefined || body === undefined) throw new Error(`not a rule: ${line}`);
    if (rules.has(name)) throw new Error(`twice: ${name}`);
    rules.set(name, new Reader(body).whole());
  }
  const used = [...rules.values()].flatMap(namesIn);
  for (const name of used) if (!rules.has(name)) throw new Error(`no rule ${name}`);
  for (const name of rules.keys()) if (name !== "root" && !used.includes(name)) throw new Error(`unused: ${name}`);
  return rules;
}

/** A string of the language; long and short repetitions come about equally often. */
export function drawText(rules: Rules, draw: Draw, node: Node = rules.get("root")!): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "class":
      return String.fromCodePoint(drawCharacter(node, draw));
    case "rule":
      return drawText(rules, draw, rules.get(node.name));
    case "sequence":
      return node.parts.map((part) => drawText(rules, draw, part)).join("");
    case "choice":
      return drawText(rules, draw, node.options[draw(node.options.length)]);
    case "repeat": {
      const span = node.most - node.least;
      const count = node.least + [0, span, draw(span + 1)][draw(3)]!;
      return Array.from({ length: count }, () => drawText(rules, draw, node.part)).join("");
    }
  }
}

export function accepts(rules: Rules, text: string): boolean {
  const characters = Array.from(text);
  return ends(rules, rules.get("root")!, characters, new Set([0])).has(characters.length);
}

/** Where matches of `node` that begin at any of `starts` end. */
function ends(rules: Rules, node: Node, text: readonly string[], starts: ReadonlySet<number>): Set<number> {
  const found = new Set<number>();
  switch (node.kind) {
    case "text": {
      const wanted = Array.from(node.text);
      for (const at of starts)
        if (wanted.every((one, index) => text[at + index] === one)) found.add(at + wanted.length);
      return found;
    }
    case "class":
      for (const at of starts) if (text[at] !== undefined && inClass(node, text[at].codePointAt(0)!)) found.add(at + 1);
      return found;
    case "rule":
      return ends(rules, rules.get(node.name)!, text, starts);
    case "sequence":
      return node.parts.reduce((from, part) => ends(rules, part, text, from), new Set(starts));
    case "choice":
      for (const option of node.options) for (const end of ends(rules, option, text, starts)) found.add(end);
      return found;
    case "repeat": {
      let from = new Set(starts);
      for (let count = 0; count <= node.most && from.size > 0; count += 1) {
        if (count >= node.least) for (const at of from) found.add(at);
        from = ends(rules, node.part, text, from);
      }
      return found;
    }
  }
}

function inClass({ negated, ranges }: Extract<Node, { kind: "class" }>, code: number): boolean {
  return ranges.some(([low, high]) => code >= low && code <= high) !== negated;
}

/** Mostly letters and the signs that a parser minds, sometimes anything. */
const liked = [..."abcXYZ019 ._-|}{\"'\\/\n\t<>äé漢🎉\u0085\u00a0\u2028END"].map((one) => one.codePointAt(0)!);

function drawCharacter(node: Extract<Node, { kind: "class" }>, draw: Draw): number {
  if (!node.negated) {
    const [low, high] = node.ranges[draw(node.ranges.length)]!;
    return low + draw(high - low + 1);
  }
  const fitting = liked.filter((code) => inClass(node, code));
  for (let attempt = 0; attempt < 20 && draw(4) === 0; attempt += 1) {
    const code = draw(0x11_0000);
    if (inClass(node, code) && (code < 0xd800 || code > 0xdfff)) return code;
  }
  return fitting[draw(fitting.length)]!;
}

function namesIn(node: Node): string[] {
  if (node.kind === "rule") return [node.name];
  if (node.kind === "sequence") return node.parts.flatMap(namesIn);
  if (node.kind === "choice") return node.options.flatMap(namesIn);
  return node.kind === "repeat" ? namesIn(node.part) : [];
}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  whole(): Node {
    const node = this.choice();
    if (this.at < this.text.length) throw new Error(`unexpected ${this.text.slice(this.at)}`);
    return node;
  }

  private choice(): Node {
    const options = [this.sequence()];
    while (this.take(/\s*\|\s*/y)) options.push(this.sequence());
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    for (this.take(/\s*/y); this.at < this.text.length && !"|)".includes(this.text[this.at]!); this.take(/\s*/y))
      parts.push(this.repeated());
    if (parts.length === 0) throw new Error(`nothing at ${this.text.slice(this.at)}`);
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  private repeated(): Node {
    const part = this.single();
    if (this.take(/\?/y)) return { kind: "repeat", part, least: 0, most: 1 };
    const bounds = this.take(/\{(\d+),(\d+)\}/y);
    return bounds ? { kind: "repeat", part, least: Number(bounds[1]), most: Number(bounds[2]) } : part;
  }

  private single(): Node {
    if (this.take(/\(/y)) {
      const node = this.choice();
      if (!this.take(/\s*\)/y)) throw new Error(`no ) at ${this.text.slice(this.at)}`);
      return node;
    }
    const quoted = this.take(/"((?:[^"\\]|\\.)*)"/y);
    if (quoted) return { kind: "text", text: unescaped(quoted[1]!).join("") };
    const bracket = this.take(/\[(\^?)((?:[^\]\\]|\\.)*)\]/y);
    if (bracket) return { kind: "class", negated: bracket[1] === "^", ranges: ranges(bracket[2]!) };
    const name = this.take(/[a-z][a-z0-9-]*/y);
    if (name) return { kind: "rule", name: name[0] };
    throw new Error(`cannot read ${this.text.slice(this.at)}`);
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at = pattern.lastIndex;
    return match ?? undefined;
  }
}

function ranges(body: string): [number, number][] {
  const characters = unescaped(body).map((one) => one.codePointAt(0)!);
  const dash = "-".codePointAt(0)!;
  const found: [number, number][] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const isRange = characters[at + 1] === dash && at + 2 < characters.length;
    found.push([characters[at]!, characters[isRange ? at + 2 : at]!]);
    if (isRange) at += 2;
  }
  return found;
}

function unescaped(text: string): string[] {
  return Array.from(
    text.matchAll(/\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))|([^\\])/gsu),
    ([, byte, unit, escaped, plain]) => {
      const hex = byte ?? unit;
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (escaped === undefined) return plain!;
      if (!'n"\\'.includes(escaped)) throw new Error(`escape \\${escaped}`);
      return escaped === "n" ? "\n" : escaped;
    },
  );
}
