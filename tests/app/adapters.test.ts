/** Adapters in the store: taken in, named by content, listed, placed for servers, written out, kept from being collected. */
import { afterAll, describe, expect, test } from "bun:test";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { adapterNamed, allAdapters } from "../../src/app/adapters/adapters.ts";
import { exportAdapter } from "../../src/app/adapters/export.ts";
import { importAdapter } from "../../src/app/adapters/import.ts";
import { placeAdapter } from "../../src/app/adapters/place.ts";
import { useAdapter } from "../../src/app/adapters/use.ts";
import { type App, openApp } from "../../src/app/app.ts";
import { adapterChecks } from "../../src/app/checks/adapter-checks.ts";
import { modelFiles } from "../../src/app/models.ts";
import { checkWholeStore, collect } from "../../src/app/store-admin.ts";
import { type AdapterRecord, adapterName, peftConfigFile, peftWeightsFile } from "../../src/core/adapter.ts";
import type { AdapterFiles, AdapterLoader } from "../../src/core/adapter-loader.ts";
import type { ChatModel } from "../../src/core/chat-model.ts";
import { hashBytes } from "../../src/core/hash.ts";
import {
  safetensorsBytes,
  tinyConfig,
  tinyTensors,
  writePeft,
  writeTinyGguf,
} from "../inference/adapters/peft-fixture.ts";
import { writeLora } from "../inference/lora-fixture.ts";
import { ggufBytes, tinyMetadata } from "../inference/model-files/gguf-fixture.ts";
import { faultOf } from "../inference/support.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

afterAll(removeFolders);

const main = join(import.meta.dir, "../../src/main.ts");
const base = "vllm:tiny";

function freshApp(): App {
  return openApp({ AUTOMEM_HOME: freshFolder() });
}

describe("an adapter that is taken in", () => {
  test("is named by its PEFT files' content, wherever they lay", async () => {
    const app = freshApp();
    const one = await importAdapter(app, { path: await writePeft(freshFolder()), base });
    const again = await importAdapter(app, { path: await writePeft(freshFolder()), base });
    const config = hashBytes(JSON.stringify(tinyConfig));
    const weights = hashBytes(safetensorsBytes(tinyTensors));
    expect(one.adapter.name).toBe(adapterName({ peft: { [peftConfigFile]: config, [peftWeightsFile]: weights } }));
    expect([one.isNew, again.isNew, again.record]).toEqual([true, false, one.record]);
    const other = await importAdapter(app, {
      path: await writePeft(freshFolder(), { config: { ...tinyConfig, lora_alpha: 5 } }),
      base,
    });
    expect(other.adapter.name).not.toBe(one.adapter.name);
    expect(await allAdapters(app)).toHaveLength(2);
  });

  test("is described alike in whatever order its configuration lists the modules: PEFT writes a set", async () => {
    const app = freshApp();
    const modules = tinyConfig.target_modules;
    expect(modules.length).toBeGreaterThan(1);
    const folders = [modules, [...modules].reverse()].map((target_modules) =>
      writePeft(freshFolder(), { config: { ...tinyConfig, target_modules } }),
    );
    const { path: gguf } = await writeTinyGguf(freshFolder());
    const [one, other] = await Promise.all(
      folders.map(async (folder) => (await importAdapter(app, { path: await folder, base, gguf })).adapter),
    );
    const withoutNames = ({ name: _, peft: __, ...described }: AdapterRecord) => described;
    expect(withoutNames(other!)).toEqual(withoutNames(one!));
    // The names are those of the files, and the files differ: who writes an adapter sorts the list.
    expect(other!.name).not.toBe(one!.name);
    expect(other!.peft![peftWeightsFile]).toBe(one!.peft![peftWeightsFile]);
  });

  test("knows the weights of a base on this machine, and is refused for another architecture", async () => {
    const app = freshApp();
    const add = async (name: string, architecture: string) => {
      const path = join(freshFolder(), "tiny.gguf");
      await writeFile(path, ggufBytes({ metadata: { ...tinyMetadata, "general.architecture": architecture } }));
      return modelFiles(app).add(path, { name });
    };
    await add("tiny", "llama");
    await add("other", "qwen3");
    const { path, hash } = await writeLora(freshFolder(), 1);
    const { adapter } = await importAdapter(app, { path, base: "tiny" });
    expect(adapter).toMatchObject({ name: hash, gguf: hash, rank: 4, targetModules: ["ffn_down"] });
    expect(adapter.base).toEqual({ model: "llama-cpp:tiny", digest: (await modelFiles(app).find("tiny"))!.sha256 });
    expect((await faultOf(importAdapter(app, { path, base: "other" }))).code).toBe("wrong-base");
    expect((await faultOf(importAdapter(app, { path, base: "nobody" }))).code).toBe("unknown-model");
  });

  test("gets its GGUF later under the same name, and never another one", async () => {
    const app = freshApp();
    const path = await writePeft(freshFolder());
    const bare = await importAdapter(app, { path, base });
    expect((await faultOf(placeAdapter(app, bare.adapter, "gguf"))).code).toBe("adapter-form");
    const x = await writeTinyGguf(freshFolder());
    const y = await writeTinyGguf(freshFolder(), { title: "written once more" });
    const whole = await importAdapter(app, { path, base, gguf: x.path });
    expect([whole.adapter.name, whole.adapter.gguf]).toEqual([bare.adapter.name, x.hash]);
    expect((await faultOf(importAdapter(app, { path, base, gguf: y.path }))).code).toBe("adapter-differs");
    expect((await importAdapter(app, { path, base })).adapter.gguf).toBe(x.hash);
  });

  test("is refused with the GGUF of another adapter", async () => {
    const app = freshApp();
    const path = await writePeft(freshFolder());
    const others = [
      await writeLora(freshFolder(), 1),
      await writeTinyGguf(freshFolder(), { alpha: 8 }),
      await writeTinyGguf(freshFolder(), { spoil: "down_proj.lora_A" }),
      await writeTinyGguf(freshFolder(), { spoil: "q_proj.lora_B" }),
    ];
    for (const { path: gguf } of others) {
      expect((await faultOf(importAdapter(app, { path, base, gguf }))).code).toBe("other-adapter");
    }
    expect(await allAdapters(app)).toEqual([]);
  });

  test("stays through garbage collection with all its blobs, and the store is whole", async () => {
    const app = freshApp();
    const { path } = await writeTinyGguf(freshFolder());
    const { adapter } = await importAdapter(app, { path: await writePeft(freshFolder()), base, gguf: path });
    await (await app.store()).blobs.put("nobody's");
    const { removed } = await collect(
      { ...app, clock: { ...app.clock, nowMs: () => Date.now() + 1e9 } },
      { graceMs: 0, dryRun: false },
    );
    expect(removed.map(({ kind }) => kind)).toEqual(["blob"]);
    expect((await checkWholeStore(app)).damage).toEqual([]);
    const files = await placeAdapter(app, (await adapterNamed(app, adapter.name.slice(0, 8))).adapter, "gguf");
    expect(hashBytes(await Bun.file(files.path).bytes())).toBe(adapter.gguf!);
  });
});

test("a placed file carries the name in its path, and one that was changed there is put right", async () => {
  const app = freshApp();
  const { path } = await writeTinyGguf(freshFolder());
  const { adapter } = await importAdapter(app, { path: await writePeft(freshFolder()), base, gguf: path });
  const files = await placeAdapter(app, adapter, "gguf");
  expect(files).toEqual({
    hash: adapter.name,
    path: join(app.home.folder, "adapters", adapter.name, "adapter.gguf"),
    sha256: adapter.gguf!,
  });
  await writeFile(files.path, "other weights");
  await placeAdapter(app, adapter, "gguf");
  expect(hashBytes(await Bun.file(files.path).bytes())).toBe(adapter.gguf!);
  const folder = await placeAdapter(app, adapter, "peft");
  expect((await readdir(folder.path)).sort()).toEqual([peftConfigFile, peftWeightsFile]);
});

describe("an adapter that is put to use", () => {
  /** A model whose base says A, and any adapter B. */
  function fakeModel(parts: Partial<ChatModel> = {}, adapters: "none" | "runtime" = "runtime"): ChatModel {
    return {
      identity: { name: "vllm:tiny", provider: "vllm" },
      capabilities: { adapters },
      nextTokens: async (_: unknown, { adapter }: { adapter?: string }) => [
        { token: adapter === undefined ? "A" : "B", logProbability: 0 },
      ],
      ...parts,
    } as unknown as ChatModel;
  }

  test("is placed in the form that the server reads, loaded under its name, and verified", async () => {
    const app = freshApp();
    const { adapter } = await importAdapter(app, { path: await writePeft(freshFolder()), base });
    const loads: AdapterFiles[] = [];
    const loader = { form: "peft", load: async (files: AdapterFiles) => void loads.push(files) } as AdapterLoader;
    const found = await useAdapter(app, fakeModel({ adapters: loader }), adapter);
    expect(found).toMatchObject({ method: "log-probabilities", apart: 1, mixed: 0 });
    expect(await adapterChecks(app, adapter.name)).toMatchObject([{ adapter: adapter.name, passed: true, ...found }]);
    expect(loads).toEqual([{ hash: adapter.name, path: join(app.home.folder, "adapters", adapter.name, "peft") }]);
    const gguf = { ...loader, form: "gguf" } as AdapterLoader;
    expect((await faultOf(useAdapter(app, fakeModel({ adapters: gguf }), adapter))).code).toBe("adapter-form");
  });

  test("is refused by other weights than it was made for, and by a provider without adapters", async () => {
    const app = freshApp();
    const { path } = await writeLora(freshFolder(), 1);
    const { adapter } = await importAdapter(app, { path, base });
    const made = { ...adapter, base: { model: "llama-cpp:tiny", digest: "a".repeat(64) } };
    const other = { name: "llama-cpp:small", provider: "llama-cpp", digest: "b".repeat(64) };
    expect((await faultOf(useAdapter(app, fakeModel({ identity: other }), made))).code).toBe("wrong-base");
    expect((await faultOf(useAdapter(app, fakeModel({}, "none"), adapter))).code).toBe("no-adapters");
    const server = { name: "llama-server:x", provider: "llama-server" };
    const fault = await faultOf(useAdapter(app, fakeModel({ identity: server }, "none"), adapter));
    expect(fault.message).toContain(`--lora ${join(app.home.folder, "adapters", adapter.name, "adapter.gguf")}`);
  });

  test("stops what wants to play with it when it answers as the base does", async () => {
    const app = freshApp();
    const { adapter } = await importAdapter(app, { path: await writePeft(freshFolder()), base });
    const same = fakeModel({ nextTokens: async () => [{ token: "A", logProbability: 0 }] });
    expect((await faultOf(useAdapter(app, same, adapter))).code).toBe("adapter-unverified");
    expect(await adapterChecks(app, adapter.name)).toMatchObject([{ passed: false, apart: 0, control: 0 }]);
  });
});

test("export gives the bytes that were taken in; ollama's Modelfile names file and base", async () => {
  const app = freshApp();
  const from = await writePeft(freshFolder());
  const { path } = await writeTinyGguf(freshFolder());
  const { adapter } = await importAdapter(app, { path: from, base, gguf: path });
  const target = join(freshFolder(), "peft");
  await exportAdapter(app, adapter, target, "peft");
  for (const file of [peftConfigFile, peftWeightsFile]) {
    expect(await readFile(join(target, file))).toEqual(await readFile(join(from, file)));
  }
  expect((await faultOf(exportAdapter(app, adapter, target, "gguf"))).code).toBe("folder-not-empty");
  const ollama = join(freshFolder(), "ollama");
  await exportAdapter(app, adapter, ollama, "ollama");
  const lines = (await readFile(join(ollama, "Modelfile"), "utf8")).split("\n");
  expect(lines.slice(1, 3)).toEqual(["FROM tiny", `ADAPTER ./${adapter.name}.gguf`]);
  expect(await readFile(join(ollama, `${adapter.name}.gguf`))).toEqual(await readFile(path));
});

test("a merge says what it lacks: the base's weights, or the plugin that does it", async () => {
  const app = freshApp();
  const { path } = await writeTinyGguf(freshFolder());
  const elsewhere = (await importAdapter(app, { path, base })).adapter;
  const target = join(freshFolder(), "merged");
  const unknown = await faultOf(exportAdapter(app, elsewhere, target, "merged"));
  expect([unknown.code, unknown.message.includes("automem model add")]).toEqual(["no-base-weights", true]);
  const file = join(freshFolder(), "tiny.gguf");
  await writeFile(file, ggufBytes());
  await modelFiles(app).add(file, { name: "tiny" });
  const lora = await writeLora(freshFolder(), 1);
  const { adapter } = await importAdapter(app, { path: lora.path, base: "tiny" });
  const missing = await faultOf(exportAdapter(app, adapter, target, "merged"));
  expect([missing.code, missing.message.includes("automem plugin add trl")]).toEqual(["plugin-missing", true]);
  expect(await readdir(target)).toEqual([]);
});

test("the command takes in, lists, shows and writes out; a wrong name is a usage error", async () => {
  const home = freshFolder();
  const automem = async (...words: string[]) => {
    const child = Bun.spawn([process.execPath, main, "adapter", ...words], {
      env: { ...process.env, AUTOMEM_HOME: home },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { exitCode: await child.exited, stdout, stderr };
  };
  const folder = await writePeft(freshFolder());
  const imported = JSON.parse((await automem("import", folder, "--base", base, "--json")).stdout);
  const { name } = imported.adapter;
  expect((await automem("list")).stdout).toContain(`${name.slice(0, 12)}  vllm:tiny`);
  expect((await automem("show", name.slice(0, 6))).stdout).toContain(name);
  const out = join(freshFolder(), "out");
  expect((await automem("export", name, out, "--format", "peft")).exitCode).toBe(0);
  const again = JSON.parse((await automem("import", out, "--base", base, "--json")).stdout);
  expect([again.adapter.name, again.isNew]).toEqual([name, false]);
  const unknown = await automem("show", "ffff");
  expect([unknown.exitCode, unknown.stderr.includes("automem adapter list")]).toEqual([2, true]);
}, 60_000);
