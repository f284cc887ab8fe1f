import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { PluginError } from "../../src/core/errors.ts";
import { readPluginFolder } from "../../src/plugins/content-hash.ts";
import { firstPartyFolder, sdkFolder, templateFolder } from "../../src/plugins/install/first-party.ts";
import { parseLock } from "../../src/plugins/install/lock-file.ts";
import { parseManifest } from "../../src/plugins/manifest.ts";

const whole = {
  schema: "automem.plugin/1",
  name: "my-game",
  kind: "game",
  version: "0.1.0",
  protocolVersion: 1,
  title: "My game",
  description: "One line.",
  licence: "MIT",
  entry: { runtime: "python", python: ">=3.11,<3.13", target: "my_game:MyGame", freezeClock: "2025-11-17 12:00:00" },
  requirements: "requirements.lock",
  systemPackages: [{ library: "libGL.so.1", debian: "libgl1", reason: "Drawing." }],
  tasks: [{ id: "default", description: "Play.", maxSteps: 100 }],
  options: [{ name: "text", description: "Which text.", default: "automem" }],
  assets: [
    {
      name: "levels",
      description: "Levels.",
      url: "https://example.org/l.tar.gz",
      licence: "MIT",
      needed: false,
      tasks: ["default"],
    },
  ],
};

function faultOf(value: unknown): PluginError | undefined {
  try {
    parseManifest(typeof value === "string" ? value : JSON.stringify(value), "here/plugin.json");
    return undefined;
  } catch (cause) {
    return cause as PluginError;
  }
}

test("reads a whole manifest and fills in what is left out", () => {
  expect(parseManifest(JSON.stringify(whole), "x")).toEqual(whole as never);
  const { requirements, systemPackages, tasks, options, assets, ...least } = whole;
  expect(parseManifest(JSON.stringify(least), "x")).toMatchObject({
    systemPackages: [],
    tasks: [],
    options: [],
    assets: [],
  });
});

describe("refuses", () => {
  const changes: [what: string, change: object, words: string][] = [
    ["an unknown key", { colour: "red" }, "colour"],
    ["another protocol version", { protocolVersion: 2 }, "protocolVersion"],
    ["an unknown kind", { kind: "toy" }, "kind"],
    ["a name with capitals", { name: "MyGame" }, "name"],
    ["a name that is a path", { name: "../x" }, "name"],
    ["a version that is none", { version: "new" }, "version"],
    ["a description of two lines", { description: "a\nb" }, "description"],
    ["a lock outside the folder", { requirements: "../other.lock" }, "requirements"],
    ["a target without a class", { entry: { ...whole.entry, target: "my_game" } }, "entry.target"],
    ["a range that is none", { entry: { ...whole.entry, python: "3.11" } }, "entry.python"],
    ["a script outside the folder", { entry: { runtime: "bun", script: "/etc/x.ts" } }, "entry.script"],
    ["an unknown runtime", { entry: { runtime: "perl", script: "x.pl" } }, "entry.runtime"],
    ["an asset over plain http", { assets: [{ ...whole.assets[0], url: "http://example.org/x" }] }, "assets.0.url"],
    ["an asset whose name is a path", { assets: [{ ...whole.assets[0], name: "a/b" }] }, "assets.0.name"],
    ["a task without limit", { tasks: [{ id: "a", description: "b" }] }, "maxSteps"],
  ];
  test.each(changes)("%s", (_, change, words) => {
    const fault = faultOf({ ...whole, ...change });
    expect(fault?.code).toBe("bad-manifest");
    expect(fault?.message).toStartWith("here/plugin.json: ");
    expect(fault?.message).toContain(words);
  });

  test("what is not JSON", () => {
    expect(faultOf("{")?.message).toContain("here/plugin.json is not JSON");
  });
});

describe("each first-party plugin", async () => {
  const folder = join(import.meta.dir, "..", "..", "plugins");
  const firstParty = firstPartyFolder(folder);
  const names = await firstParty.names();

  test("is found, but neither the SDK nor the template as a plugin", () => {
    expect(names).toContain("courier");
    expect(names).not.toContain(sdkFolder);
    expect(names).not.toContain(templateFolder);
  });

  test.each([...names])(
    "%s has a manifest that is valid and names its folder, and locks that name no host",
    async (name) => {
      const files = await readPluginFolder(join(folder, name));
      const manifest = parseManifest(new TextDecoder().decode(files.get("plugin.json")), name);
      expect(manifest.name).toBe(name);
      const locks = [
        manifest.requirements,
        files.has("requirements.build.lock") ? "requirements.build.lock" : undefined,
      ];
      for (const lock of locks) {
        if (lock === undefined) continue;
        expect(files.has(lock)).toBe(true);
        expect(parseLock(new TextDecoder().decode(files.get(lock)), lock).length).toBeGreaterThan(0);
      }
    },
  );
});
