import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPluginFolder } from "../../src/plugins/content-hash.ts";
import { firstPartyFolder, firstPartyMap } from "../../src/plugins/install/first-party.ts";
import { parseManifest } from "../../src/plugins/manifest.ts";
import { newPlugin } from "../../src/plugins/new-plugin.ts";

const plugins = join(import.meta.dir, "..", "..", "plugins");
const firstParty = firstPartyFolder(plugins);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-new-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("writes a plugin with its own names and a valid manifest", async () => {
  const written = await newPlugin("tower-of-tea", join(folder, "deep"), firstParty);
  expect(written).toContain("automem_tower_of_tea/__init__.py");
  const manifest = parseManifest(await readFile(join(folder, "deep", "plugin.json"), "utf8"), "plugin.json");
  expect([manifest.name, manifest.title]).toEqual(["tower-of-tea", "Tower Of Tea"]);
  for (const path of written) {
    expect(await readFile(join(folder, "deep", path), "utf8")).not.toMatch(/__(NAME|MODULE|TITLE)__/);
  }
});

test.each(["Tower", "tower_of_tea", "../tower", "", "courier"])("refuses the name %p", async (name) => {
  await expect(newPlugin(name, join(folder, "x"), firstParty)).rejects.toMatchObject({ code: "bad-plugin-name" });
});

test("writes into no folder that holds something", async () => {
  await writeFile(join(folder, "mine"), "");
  await expect(newPlugin("tower", folder, firstParty)).rejects.toMatchObject({ code: "folder-not-empty" });
});

test("first-party plugins are the same from a folder and from a map of embedded files", async () => {
  const embedded = firstPartyMap(await readPluginFolder(plugins));
  expect(await embedded.names()).toEqual(await firstParty.names());
  expect(await embedded.read("courier")).toEqual((await firstParty.read("courier"))!);
  expect(await embedded.read("nothing")).toBeUndefined();
  expect(await firstParty.read("nothing")).toBeUndefined();
});
