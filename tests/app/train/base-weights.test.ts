/** Where the weights to train on are found, and what names them. */
import { afterAll, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openApp } from "../../../src/app/app.ts";
import { modelFiles } from "../../../src/app/models.ts";
import { findBaseWeights } from "../../../src/app/train/base-weights.ts";
import type { ChatModel } from "../../../src/core/chat-model.ts";
import { hashBytes, hashJson } from "../../../src/core/hash.ts";
import { ggufBytes, tinyMetadata } from "../../inference/model-files/gguf-fixture.ts";
import { faultOf } from "../../inference/support.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";

afterAll(removeFolders);

const app = openApp({ AUTOMEM_HOME: freshFolder() });

function model(name: string, rest: Partial<ChatModel["identity"]> = {}, adapters?: object): ChatModel {
  return { identity: { name, provider: name.split(":")[0], ...rest }, adapters } as ChatModel;
}

test("of a model in the store they are its GGUF, by its SHA-256", async () => {
  const path = join(freshFolder(), "tiny.gguf");
  await writeFile(path, ggufBytes({ metadata: tinyMetadata }));
  const { model: stored } = await modelFiles(app).add(path, { name: "tiny" });
  const found = await findBaseWeights(app, model("llama-cpp:tiny", { digest: stored.sha256 }), undefined);
  expect(found).toEqual({ path: stored.path, base: { model: "llama-cpp:tiny", digest: stored.sha256 } });
  // The same weights under another name and place are the same base.
  const said = await findBaseWeights(app, model("llama-cpp:tiny", { digest: stored.sha256 }), path);
  expect(said).toEqual({ path, base: { model: "llama-cpp:tiny", digest: stored.sha256 } });
});

test("of a server that tells its file they are that file", async () => {
  const path = join(freshFolder(), "blob");
  await writeFile(path, "weights");
  const ollama = model("ollama:tiny", { digest: "of the server" }, { weightsFile: async () => path });
  expect(await findBaseWeights(app, ollama, undefined)).toEqual({
    path,
    base: { model: "ollama:tiny", digest: hashBytes("weights") },
  });
});

test("of a server that tells nothing they must be named", async () => {
  const fault = await faultOf(findBaseWeights(app, model("vllm:tiny"), undefined));
  expect(fault).toMatchObject({ code: "no-base-weights", message: expect.stringContaining("--base PATH") });
});

test("a folder is named by the files that decide how it answers, in order of their paths, and not by others", async () => {
  const folder = freshFolder();
  const contents = { "config.json": "{}", "model.safetensors": "w", "sub/extra.json": "1", "README.md": "text" };
  await mkdir(join(folder, "sub"));
  for (const [path, content] of Object.entries(contents)) await writeFile(join(folder, path), content);
  const listed = ["config.json", "model.safetensors", "sub/extra.json"] as const;
  const files = listed.map((path) => ({ path, sha256: hashBytes(contents[path]), bytes: contents[path].length }));
  const { path, base } = await findBaseWeights(app, model("vllm:tiny"), folder);
  expect({ path, base }).toEqual({ path: folder, base: { model: folder, digest: hashJson(files) } });
  await writeFile(join(folder, "README.md"), "another text");
  expect((await findBaseWeights(app, model("vllm:tiny"), folder)).base.digest).toBe(base.digest);
  await writeFile(join(folder, "model.safetensors"), "x");
  expect((await findBaseWeights(app, model("vllm:tiny"), folder)).base.digest).not.toBe(base.digest);
});

test("what is not there, and a folder that is no model, is refused with what it must be", async () => {
  for (const path of [join(freshFolder(), "nothing"), freshFolder()]) {
    const fault = await faultOf(findBaseWeights(app, model("vllm:tiny"), path));
    expect(fault.code).toBe("no-base-weights");
    expect(fault.message).toContain("a folder of safetensors");
  }
});
