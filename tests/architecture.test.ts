/** Holds the table of import layers (docs/architecture.md), types included, and the rules that a compiler does not check. */
import { describe, expect, test } from "bun:test";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dir, "..");

/** Each part of src, and the other parts it may import. */
const layers: Record<string, readonly string[]> = {
  core: [],
  platform: [],
  memory: ["core"],
  metrics: ["core"],
  store: ["core", "platform"],
  plugins: ["core", "platform"],
  inference: ["core", "platform"],
  scaffold: ["core", "platform", "memory"],
  agent: ["core", "memory", "scaffold"],
  run: ["core", "platform", "agent", "store", "metrics"],
  campaign: ["core", "platform", "scaffold", "run", "store", "metrics"],
  evolve: ["core", "platform", "scaffold", "run", "store", "metrics", "campaign"],
  train: ["core", "platform", "memory", "run", "store", "metrics", "campaign"],
  app: [
    "core",
    "platform",
    "memory",
    "metrics",
    "store",
    "plugins",
    "inference",
    "scaffold",
    "agent",
    "run",
    "campaign",
    "evolve",
    "train",
  ],
  web: ["core", "app"],
  cli: ["core", "app", "web"],
};

interface SourceFile {
  /** Relative to the repository, with `/`. */
  path: string;
  text: string;
  imports: string[];
}

const sources: SourceFile[] = [];
for await (const path of new Bun.Glob("src/**/*.{ts,tsx}").scan({ cwd: root })) {
  const text = await Bun.file(join(root, path)).text();
  sources.push({ path: path.replaceAll("\\", "/"), text, imports: importsOf(text) });
}

describe("the layers", () => {
  test("every file lives in a part that the table names", () => {
    const strays = sources.filter((file) => file.path !== "src/main.ts" && !(partOf(file.path) in layers));
    expect(strays.map((file) => file.path)).toEqual([]);
  });

  test("imports go down only, types included", () => {
    const wrong: string[] = [];
    for (const file of sources) {
      if (file.path === "src/main.ts") continue;
      const part = partOf(file.path);
      for (const specifier of file.imports.filter((name) => name.startsWith("."))) {
        const target = relative(root, join(root, dirname(file.path), specifier)).replaceAll("\\", "/");
        const targetPart = target.startsWith("src/") ? partOf(target) : "outside src";
        if (target === "package.json" && file.path === "src/app/version.ts") continue;
        if (targetPart !== part && !layers[part]?.includes(targetPart)) wrong.push(`${file.path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("the table in docs/architecture.md is this one", async () => {
    const page = await Bun.file(join(root, "docs/architecture.md")).text();
    for (const [part, may] of Object.entries(layers)) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${part}\` |`));
      expect(row, `docs/architecture.md has no row for ${part}`).toBeDefined();
      if (part === "app") continue;
      const named = row
        ?.split("|")
        .at(-2)
        ?.match(/`([a-z]+)`/g)
        ?.map((name) => name.slice(1, -1));
      expect(named ?? [], part).toEqual([...may]);
    }
  });
});

describe("house rules", () => {
  test("process.exit stands in main.ts only", () => {
    expect(filesWith(/\bprocess\.exit\(/).filter((path) => path !== "src/main.ts")).toEqual([]);
  });

  test("console is used in the command line only", () => {
    expect(filesWith(/\bconsole\.\w+\(/).filter((path) => !path.startsWith("src/cli/"))).toEqual([]);
  });

  test("nothing is re-exported whole", () => {
    expect(filesWith(/^export \*/m)).toEqual([]);
  });

  test("every file begins with a header that says what it is", () => {
    const bare = sources.filter((file) => !/^(#!.*\n)?\/\*\*/.test(file.text));
    expect(bare.map((file) => file.path)).toEqual([]);
  });

  test("no file is longer than 400 lines", () => {
    const long = sources.filter((file) => file.text.split("\n").length > 400);
    expect(long.map((file) => file.path)).toEqual([]);
  });

  test("lock files name no host", async () => {
    const named: string[] = [];
    for await (const path of new Bun.Glob("{bun.lock,plugins/**/*.lock}").scan({ cwd: root })) {
      if (path.includes("node_modules")) continue;
      if (/https?:\/\//.test(await Bun.file(join(root, path)).text())) named.push(path);
    }
    expect(named).toEqual([]);
  });
});

function partOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function filesWith(pattern: RegExp): string[] {
  return sources.filter((file) => pattern.test(withoutComments(file.text))).map((file) => file.path);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function importsOf(text: string): string[] {
  const pattern = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)["']([^"']+)["']/gm;
  return [...withoutComments(text).matchAll(pattern)].map((match) => match[1]!);
}
