/** What a trainer made becomes an adapter, or is refused. */
import { afterAll, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keepTrained } from "../../../src/app/train/keep-trained.ts";
import { peftConfigFile, peftWeightsFile } from "../../../src/core/adapter.ts";
import { hashBytes } from "../../../src/core/hash.ts";
import type { TrainResult } from "../../../src/core/trainer.ts";
import { Store } from "../../../src/store/store.ts";
import { writePeft, writeTinyGguf } from "../../inference/adapters/peft-fixture.ts";
import { faultOf } from "../../inference/support.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";

afterAll(removeFolders);

const base = { model: "vllm:tiny", digest: "d" };
const parents = { dataset: "a".repeat(64), recipe: "b".repeat(64) };

/** As a trainer tells it. */
async function trained(): Promise<Pick<TrainResult, "adapter" | "gguf"> & { gguf: { path: string; sha256: string } }> {
  const folder = await writePeft(freshFolder());
  const files = await Promise.all(
    [peftConfigFile, peftWeightsFile].map(async (path) => {
      const bytes = await Bun.file(join(folder, path)).bytes();
      return { path, sha256: hashBytes(bytes), bytes: bytes.length };
    }),
  );
  const { path, hash } = await writeTinyGguf(freshFolder());
  return { adapter: { folder, files }, gguf: { path, sha256: hash } };
}

test("it is kept with base and parents, with or without a GGUF, and twice is once", async () => {
  const store = await Store.open(join(freshFolder(), "store"));
  const result = await trained();
  const kept = await keepTrained(store, result, base, parents);
  expect(kept.adapter).toMatchObject({ base, parents, gguf: result.gguf.sha256, rank: 2 });
  expect(await keepTrained(store, result, base, parents)).toEqual({ ...kept, isNew: false });
  const other = await Store.open(join(freshFolder(), "store"));
  const bare = await keepTrained(other, { ...result, gguf: null }, base, parents);
  expect([bare.adapter.name, bare.adapter.gguf]).toEqual([kept.adapter.name, undefined]);
});

test("files that are not as the trainer said, and a GGUF of another adapter, are refused", async () => {
  const store = await Store.open(join(freshFolder(), "store"));
  const changed = await trained();
  await writeFile(
    join(changed.adapter.folder, peftConfigFile),
    JSON.stringify({
      ...JSON.parse(await Bun.file(join(changed.adapter.folder, peftConfigFile)).text()),
      lora_alpha: 9,
    }),
  );
  expect((await faultOf(keepTrained(store, changed, base, parents))).code).toBe("adapter-changed");
  const unsaid = await trained();
  unsaid.adapter.files = [];
  expect((await faultOf(keepTrained(store, unsaid, base, parents))).code).toBe("adapter-changed");
  const other = await trained();
  other.gguf = { ...other.gguf, sha256: "0".repeat(64) };
  expect((await faultOf(keepTrained(store, other, base, parents))).code).toBe("adapter-changed");
  const foreign = await writeTinyGguf(freshFolder(), { spoil: "down_proj.lora_A" });
  const mixed = { ...(await trained()), gguf: { path: foreign.path, sha256: foreign.hash } };
  expect((await faultOf(keepTrained(store, mixed, base, parents))).code).toBe("other-adapter");
});
