import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { AutomemError } from "../../../src/core/errors.ts";
import { HeaderIncomplete, parseGguf, readGguf } from "../../../src/inference/model-files/gguf.ts";
import { faultOf } from "../support.ts";
import { type GgufParts, ggufBytes, tinyMetadata } from "./gguf-fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-gguf-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readBytes(bytes: Buffer) {
  const path = join(folder, "x.gguf");
  await writeFile(path, bytes);
  return readGguf(path);
}
const codeOf = async (parts: GgufParts) => (await faultOf(readBytes(ggufBytes(parts)))).code;

describe("readGguf", () => {
  test("says what the model is", async () => {
    expect(await readBytes(ggufBytes())).toEqual({
      architecture: "llama",
      modelName: "Tiny",
      contextTokens: 512,
      quantisation: "Q4_1",
      chatTemplate: true,
      tensorCount: 2,
    });
  });

  test("a file that misses one byte of its tensors is cut short, and one that misses none is not", async () => {
    expect(await codeOf({ missingBytes: 1 })).toBe("truncated-gguf");
    await readBytes(ggufBytes({ missingBytes: 0 }));
  });

  test("a header longer than the first look is read to its end", async () => {
    const long = { ...tinyMetadata, "tokenizer.chat_template": "x".repeat(5 * 1024 * 1024) };
    expect((await readBytes(ggufBytes({ metadata: long }))).chatTemplate).toBe(true);
  });

  test("refuses what is no model: another format, another version, an adapter, a part of a model", async () => {
    expect((await faultOf(readBytes(Buffer.from("<!doctype html><html>nothing here</html>")))).code).toBe("not-gguf");
    expect(await codeOf({ version: 1 })).toBe("not-gguf");
    expect(await codeOf({ metadata: { ...tinyMetadata, "general.type": "adapter" } })).toBe("not-a-model");
    expect(await codeOf({ metadata: { ...tinyMetadata, "split.count": 3 } })).toBe("split-gguf");
    expect(await codeOf({ metadata: { "general.name": "no architecture" } })).toBe("not-a-model");
  });

  test("an empty file is cut short or no GGUF, not a crash", async () => {
    expect((await faultOf(readBytes(Buffer.alloc(0)))).code).toBe("truncated-gguf");
  });
});

describe("parseGguf", () => {
  test("any cut of the header is incomplete, never a wrong header", () => {
    const whole = ggufBytes({ tensorValues: [] });
    const headerBytes = parseGguf(whole, "x").neededBytes;
    for (let length = 0; length < headerBytes - 32; length += 1) {
      expect(() => parseGguf(whole.subarray(0, length), "x")).toThrow(HeaderIncomplete);
    }
  });

  test("any damage is a typed error or a header, and ends soon", () => {
    const whole = ggufBytes();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const damaged = Buffer.from(whole);
        damaged[at] = value;
        try {
          parseGguf(damaged, "x");
        } catch (fault) {
          expect(fault instanceof AutomemError || fault instanceof HeaderIncomplete).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
