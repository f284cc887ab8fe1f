/** The doctor on homes that are well and homes that are not. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp } from "../../../src/app/app.ts";
import { examine } from "../../../src/app/doctor/doctor.ts";
import { homeLines } from "../../../src/app/doctor/home.ts";
import { modelLines } from "../../../src/app/doctor/models.ts";
import { pluginLines } from "../../../src/app/doctor/plugins.ts";
import { programLines } from "../../../src/app/doctor/programs.ts";
import { modelFiles } from "../../../src/app/models.ts";
import { ggufBytes } from "../../inference/model-files/gguf-fixture.ts";
import { closedAddress, type FakeServer, fakeServer } from "../../inference/support.ts";

let folder: string;
let server: FakeServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-doctor-"));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});
const signal = new AbortController().signal;
const noStep = () => undefined;
const app = (environment: Record<string, string> = {}) =>
  openApp({ PATH: process.env.PATH, AUTOMEM_HOME: join(folder, "home"), ...environment });
const byName = (lines: { name: string }[], name: string) => lines.find((line) => line.name === name);

describe("the home", () => {
  test("that is not there yet is well, and is not made", async () => {
    const lines = await homeLines(app());
    expect(lines.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
    expect(byName(lines, "store")).toMatchObject({ found: "none yet" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("that is a file, or below one, is a failure", async () => {
    await writeFile(join(folder, "home"), "x");
    expect(await homeLines(app())).toMatchObject([{ name: "home", status: "fail" }]);
    const below = openApp({ AUTOMEM_HOME: join(folder, "home", "deeper") });
    expect(await homeLines(below)).toMatchObject([{ name: "home", status: "fail" }]);
  });

  test("with a store counts its runs and leaves it as it is", async () => {
    await app().store();
    const before = await readdir(join(folder, "home", "store"));
    expect(byName(await homeLines(app()), "store")).toMatchObject({
      status: "ok",
      found: expect.stringContaining("0 runs"),
    });
    expect(await readdir(join(folder, "home", "store"))).toEqual(before);
  });

  test.each([
    ["of a newer automem", "version.json", '{"storeVersion": 99}', "newer-store"],
    ["without a version", "notes.txt", "mine", "no version.json"],
    ["with a version file that is none", "version.json", "nonsense", "bad-version-file"],
  ])("with a store %s is a failure", async (_, file, content, found) => {
    const store = join(folder, "home", "store");
    await mkdir(store, { recursive: true });
    await writeFile(join(store, file), content);
    const line = byName(await homeLines(app()), "store");
    expect(line).toMatchObject({ status: "fail", found: expect.stringContaining(found) });
    expect(await readdir(store)).toEqual([file]);
  });
});

describe("the models", () => {
  const addModel = async () => {
    const source = join(folder, "tiny.gguf");
    await writeFile(source, ggufBytes());
    return (await modelFiles(app()).add(source, { name: "tiny" })).model;
  };
  const lines = (deep: boolean) => modelLines(app(), { deep, signal, onStep: noStep });

  test("are judged by their size, or by their hash if asked", async () => {
    const { path, sizeBytes } = await addModel();
    expect(byName(await lines(true), "model tiny")).toMatchObject({ status: "ok" });
    await rm(path);
    await writeFile(path, Buffer.alloc(sizeBytes, 7));
    expect(byName(await lines(false), "model tiny")).toMatchObject({ status: "ok" });
    expect(byName(await lines(true), "model tiny")).toMatchObject({
      status: "fail",
      cost: expect.stringContaining("changed"),
    });
  });

  test("that are cut short are failures", async () => {
    const { path, sizeBytes } = await addModel();
    await truncate(path, sizeBytes - 1);
    expect(byName(await lines(false), "model tiny")).toMatchObject({ status: "fail", found: "damaged" });
  });

  test("need no engine where none is installed", async () => {
    expect(byName(await lines(false), "engine")).toMatchObject({
      status: "ok",
      found: expect.stringContaining("not installed"),
    });
  });
});

describe("the plugins", () => {
  test("none at all is a warning that says how to bring one", async () => {
    expect(await pluginLines(app(), noStep)).toMatchObject([
      { status: "warn", cost: expect.stringContaining("plugin add") },
    ]);
  });

  test("a damaged installation is a failure with the command that mends it", async () => {
    const root = join(folder, "home", "plugins", "maze");
    await mkdir(root, { recursive: true });
    await writeFile(join(root, "installed.json"), "{");
    expect(await pluginLines(app(), noStep)).toMatchObject([
      { name: "plugin maze", status: "fail", cost: expect.stringContaining("automem plugin add maze --force") },
    ]);
  });
});

describe("the programs", () => {
  test("an Ollama that answers is named with its version", async () => {
    server = fakeServer(() => Response.json({ version: "0.17.4" }));
    const line = byName(await programLines(app({ OLLAMA_HOST: server.url })), "ollama");
    expect(line).toMatchObject({ status: "ok", found: `0.17.4 at ${server.url}` });
  });

  test("one that OLLAMA_HOST names and that does not answer is a warning", async () => {
    const line = byName(await programLines(app({ OLLAMA_HOST: await closedAddress() })), "ollama");
    expect(line).toMatchObject({ status: "warn" });
  });

  test("keys are never shown", async () => {
    const lines = await programLines(app({ OPENAI_API_KEY: "sk-secret", OLLAMA_HOST: await closedAddress() }));
    expect(JSON.stringify(lines)).not.toContain("sk-secret");
    expect(byName(lines, "keys")).toMatchObject({ found: "OPENAI_API_KEY set, ANTHROPIC_API_KEY not set" });
  });
});

test("the whole examination of an empty home fails nothing and makes nothing", async () => {
  const lines = await examine(app({ OLLAMA_HOST: await closedAddress() }), { deep: false, signal });
  expect(lines.filter(({ status }) => status === "fail")).toEqual([]);
  expect(lines.map(({ name }) => name)).toContain("python");
  expect(await readdir(folder)).toEqual([]);
});

test("an examination can be stopped", async () => {
  await expect(examine(app(), { deep: false, signal: AbortSignal.abort() })).rejects.toThrow();
});
