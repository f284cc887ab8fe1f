/**
 * The model that stands on an Ollama server for a base with an adapter: its name, what it is created from, and whether one that is there is
 * it. Pure.
 */
import type { Hash } from "../../core/hash.ts";
import type { ShownModel } from "./wire.ts";

const BASE_DIGITS = 16;

/** `name` where the base's digest on the server is `baseDigest`: model and tag are both content hashes, so neither ever stands for something else. */
export function derivedName(adapter: Hash, baseDigest: string): string {
  return `${adapter}:${baseDigest.slice(0, BASE_DIGITS)}`;
}

/** The adapter of a name that `derivedName` gave for this base; `undefined` for other names. */
export function adapterOf(name: string, baseDigest: string): Hash | undefined {
  const [model = "", tag] = name.split(":");
  return /^[0-9a-f]{64}$/.test(model) && tag === baseDigest.slice(0, BASE_DIGITS) ? model : undefined;
}

/** The files that a model is made of, as its Modelfile has them; hashes are those of the contents. */
export interface ModelParts {
  weights: { path: string; sha256: Hash }[];
  adapters: Hash[];
}

/** `undefined` where a file does not carry its hash: then the server keeps it in another form than a GGUF, or elsewhere. */
export function partsOf({ modelfile }: ShownModel): ModelParts | undefined {
  const parts: ModelParts = { weights: [], adapters: [] };
  for (const line of (modelfile ?? "").split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, command, argument = ""] = /^(FROM|ADAPTER) (.+)$/.exec(line) ?? [];
    // The files come first; behind them are texts of any kind.
    if (command === undefined) break;
    const path = argument.trim().replace(/^"(.*)"$/, "$1");
    const sha256 = /sha256[-:]([0-9a-f]{64})$/.exec(path)?.[1];
    if (sha256 === undefined) return undefined;
    if (command === "FROM") parts.weights.push({ path, sha256 });
    else parts.adapters.push(sha256);
  }
  return parts.weights.length === 0 ? undefined : parts;
}

/** `/api/create` as the server takes it; the npm package's type knows fewer fields. */
export interface CreateBody {
  model: string;
  files: Record<string, string>;
  adapters: Record<string, string>;
  template?: string;
  system?: string;
  license?: string;
  messages?: NonNullable<ShownModel["messages"]>;
  renderer?: string;
  parser?: string;
  requires?: string;
  parameters: Record<string, unknown>;
}

/** The base's own settings over other files. Throws `Error` for parameters that cannot be read. */
export function createBody(name: string, base: ShownModel, twin: Hash, adapter: Hash): CreateBody {
  const { template, system, license, messages, renderer, parser, requires } = base;
  return {
    model: name,
    files: { "twin.gguf": `sha256:${twin}` },
    adapters: { "adapter.gguf": `sha256:${adapter}` },
    ...(template ? { template } : {}),
    ...(system ? { system } : {}),
    ...(license ? { license } : {}),
    ...(messages?.length ? { messages } : {}),
    ...(renderer ? { renderer } : {}),
    ...(parser ? { parser } : {}),
    ...(requires ? { requires } : {}),
    // Empty where the base has none: the server would add those of a template that it recognises.
    parameters: { stop: [], ...readParameters(base.parameters ?? "") },
  };
}

/** Settings in which `derived` is not as its base; empty if it answers a prompt as the base would be asked it. */
export function differences(base: ShownModel, derived: ShownModel): string[] {
  const sorted = (parameters: string | null | undefined) => (parameters ?? "").split("\n").sort().join("\n");
  const same = {
    template: (base.template ?? "") === (derived.template ?? ""),
    system: (base.system ?? "") === (derived.system ?? ""),
    parameters: sorted(base.parameters) === sorted(derived.parameters),
    messages: JSON.stringify(base.messages ?? []) === JSON.stringify(derived.messages ?? []),
    renderer: (base.renderer ?? "") === (derived.renderer ?? ""),
    parser: (base.parser ?? "") === (derived.parser ?? ""),
  };
  return Object.entries(same).flatMap(([setting, isSame]) => (isSame ? [] : [setting]));
}

/** Lines of name and value, a name several times for a list. Values are written as Go does, which is JSON but for rare escapes. */
export function readParameters(text: string): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const line of text.split("\n")) {
    const [, name, written] = /^(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (name === undefined || written === undefined) continue;
    const value: unknown = JSON.parse(written);
    if (name === "stop") parameters.stop = [...((parameters.stop as unknown[] | undefined) ?? []), value];
    else parameters[name] = value;
  }
  return parameters;
}
