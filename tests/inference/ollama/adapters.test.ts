/** Adapters of Ollama without a server: names, what a derived model is made from, the twin's bytes, and a loopback server that gets in the way. */
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { hashBytes } from "../../../src/core/hash.ts";
import { parseGguf, readGgufHeader } from "../../../src/inference/model-files/gguf.ts";
import {
  adapterOf,
  createBody,
  derivedName,
  differences,
  partsOf,
  readParameters,
} from "../../../src/inference/ollama/derived-model.ts";
import { tellsProbabilities, toNextTokens } from "../../../src/inference/ollama/next-tokens.ts";
import { planTwin } from "../../../src/inference/ollama/twin.ts";
import { ggufBytes, tinyMetadata } from "../model-files/gguf-fixture.ts";
import { callOptions, type FakeServer, fakeServer, faultOf, open, question, testDeps } from "../support.ts";

const folder = mkdtempSync(join(tmpdir(), "automem-ollama-"));
let server: FakeServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const x = "a".repeat(64);

describe("the name of a derived model", () => {
  test("gives the adapter back, for its own base alone", () => {
    fc.assert(
      fc.property(hex, hex, hex, (adapter, base, other) => {
        const name = derivedName(adapter, base);
        expect(adapterOf(name, base)).toBe(adapter);
        if (other.slice(0, 16) !== base.slice(0, 16)) expect(adapterOf(name, other)).toBeUndefined();
        // What the server takes as a name: a model of at most 80 characters, and a tag.
        expect(name).toMatch(/^[0-9a-f]{64}:[0-9a-f]{16}$/);
      }),
    );
    expect(adapterOf("qwen2.5:7b", x)).toBeUndefined();
  });
});

describe("what a model is made of", () => {
  const modelfile = (lines: string[]) => ({ modelfile: ["# Modelfile", "# FROM smol", "", ...lines, ""].join("\n") });
  const [one, two] = ["1".repeat(64), "2".repeat(64)];

  test("is read from the files that stand first, by the hashes in their paths", () => {
    const lines = [
      `FROM /m/blobs/sha256-${one}`,
      `ADAPTER /m/blobs/sha256-${two}`,
      'TEMPLATE """',
      "FROM elsewhere",
      '"""',
    ];
    expect(partsOf(modelfile(lines))).toEqual({
      weights: [{ path: `/m/blobs/sha256-${one}`, sha256: one }],
      adapters: [two],
    });
    expect(partsOf(modelfile([`FROM C:\\some models\\sha256-${one}`]))?.weights[0]?.sha256).toBe(one);
  });

  test("is not known where a file does not carry its hash, or there is none", () => {
    expect(partsOf(modelfile(["FROM gpt-oss:120b-cloud"]))).toBeUndefined();
    expect(partsOf(modelfile(["TEMPLATE {{ .Prompt }}"]))).toBeUndefined();
    expect(partsOf({})).toBeUndefined();
  });
});

describe("a derived model", () => {
  const base = {
    template: "{{ .Prompt }}",
    system: "You count ships.",
    parameters:
      'stop                           "<|im_end|>"\nstop    "a \\"b\\""\ntemperature 0.25\nnum_keep 8\npenalize_newline true',
    messages: [{ role: "user", content: "How many?" }],
    renderer: "r",
    parser: "p",
  };

  test("is created with all settings of its base", () => {
    expect(createBody("n", base, "1".repeat(64), "2".repeat(64))).toEqual({
      model: "n",
      files: { "twin.gguf": `sha256:${"1".repeat(64)}` },
      adapters: { "adapter.gguf": `sha256:${"2".repeat(64)}` },
      template: base.template,
      system: base.system,
      messages: base.messages,
      renderer: "r",
      parser: "p",
      parameters: { stop: ["<|im_end|>", 'a "b"'], temperature: 0.25, num_keep: 8, penalize_newline: true },
    });
    expect(createBody("n", {}, x, x).parameters).toEqual({ stop: [] });
    expect(() => readParameters('stop "\\x07"')).toThrow();
  });

  test("differs by whatever changes a prompt or a reply, not by the order of its parameters", () => {
    const turned = { ...base, parameters: base.parameters.split("\n").reverse().join("\n"), modelfile: "another" };
    expect(differences(base, turned)).toEqual([]);
    expect(differences(base, { ...base, template: null, system: "", parameters: "temperature 0.25" })).toEqual([
      "template",
      "system",
      "parameters",
    ]);
    expect(differences(base, { ...base, messages: [], renderer: "", parser: null })).toEqual([
      "messages",
      "renderer",
      "parser",
    ]);
    expect(differences({}, { template: "", messages: [] })).toEqual([]);
  });
});

describe("a twin", () => {
  async function twinOf(bytes: Buffer, mark: string) {
    const path = join(folder, `${hashBytes(bytes)}.gguf`);
    await writeFile(path, bytes);
    const twin = await planTwin(path, mark);
    const pieces: Uint8Array[] = [];
    for await (const piece of twin.bytes()) pieces.push(piece);
    return { twin, path, bytes: Buffer.concat(pieces) };
  }

  /** The fixture's data begins at a multiple of 32; here of another number. Data of ones, which padding is not. */
  function aligned(bytes: Buffer, alignment: number): Buffer {
    const end = bytes.length - 64;
    const data = Buffer.alloc(64, 1);
    return Buffer.concat([bytes.subarray(0, end), Buffer.alloc((alignment - (end % alignment)) % alignment), data]);
  }

  test("is a GGUF of the same tensors at the same places, with one entry more, for any alignment", async () => {
    for (const alignment of [undefined, 32, 64, 4096]) {
      const metadata = { ...tinyMetadata, ...(alignment === undefined ? {} : { "general.alignment": alignment }) };
      const source = aligned(ggufBytes({ metadata, tensorValues: [8, 8] }), alignment ?? 32);
      const { twin, path, bytes } = await twinOf(source, x);
      const [old, made] = [await readGgufHeader(path), parseGguf(bytes, "twin")];
      expect(made.tensors).toEqual(old.tensors);
      expect([...made.metadata.keys()].sort()).toEqual([...old.metadata.keys(), "automem.twin"].sort());
      expect(`${made.metadata.get("automem.twin")}`.trim()).toBe(x);
      expect(bytes.subarray(made.dataStart).equals(source.subarray(old.dataStart))).toBe(true);
      expect([twin.sha256, twin.sizeBytes, twin.sourceSha256]).toEqual([
        hashBytes(bytes),
        bytes.length,
        hashBytes(source),
      ]);
    }
  });

  test("of another adapter is another file", async () => {
    const source = ggufBytes({ metadata: tinyMetadata });
    expect((await twinOf(source, x)).twin.sha256).not.toBe((await twinOf(source, "b".repeat(64))).twin.sha256);
  });
});

describe("the likeliest tokens", () => {
  test("are named by their bytes, since broken characters all look alike", () => {
    const top_logprobs = [
      { token: "�", bytes: [0xe2, 0x82], logprob: -1 },
      { token: "�", bytes: [0xf0], logprob: -2 },
      { token: "a", bytes: null, logprob: -3 },
    ];
    expect(toNextTokens({ logprobs: [{ top_logprobs }] })?.map(({ token }) => token)).toEqual(["e282", "f0", "a"]);
    expect(toNextTokens({ logprobs: null })).toBeUndefined();
    expect(toNextTokens({ logprobs: [] })).toBeUndefined();
  });

  test("are told from version 0.12.11 on", () => {
    expect(["0.12.11", "0.13.0", "1.0.0", "0.17.4-rc1", "0.0.0"].map(tellsProbabilities)).toEqual(Array(5).fill(true));
    expect(["0.12.10", "0.5.13", "0.0.1", "", "dev"].map(tellsProbabilities)).toEqual(Array(5).fill(false));
  });
});

describe("a server", () => {
  const digest = "d".repeat(64);
  const weights = ggufBytes({ metadata: tinyMetadata });

  /** A server with the base `smol`, its weights at `path`; `made` are models of adapters. */
  function serve(path: string, made: Record<string, unknown> = {}) {
    const models = [{ name: "smol:latest", digest }, ...Object.keys(made).map((name) => ({ name, digest: x }))];
    const shown = { modelfile: `FROM ${path}\n`, template: "T", model_info: { "llama.context_length": 8192 } };
    const created: { model: string; files: object; adapters: object }[] = [];
    const blobs = new Set<string>();
    const running = new Set<string>();
    const started = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        const { pathname } = new URL(request.url);
        const blob = pathname.startsWith("/api/blobs/") ? pathname.slice("/api/blobs/sha256:".length) : undefined;
        if (blob !== undefined && request.method === "HEAD")
          return new Response(null, { status: blobs.has(blob) ? 200 : 404 });
        if (blob !== undefined) {
          expect(hashBytes(await request.bytes())).toBe(blob);
          blobs.add(blob);
          return new Response(null, { status: 201 });
        }
        const body = request.method === "GET" ? undefined : ((await request.json()) as Record<string, never>);
        if (pathname === "/api/tags") return Response.json({ models });
        if (pathname === "/api/version") return Response.json({ version: "0.17.4" });
        if (pathname === "/api/ps") return Response.json({ models: [...running].map((name) => ({ name })) });
        if (pathname === "/api/show") return Response.json(made[body!.model!] ?? shown);
        if (pathname === "/api/create") {
          created.push(body as never);
          models.push({ name: body!.model!, digest: x });
          const [adapter = ""] = Object.values(body!.adapters!) as string[];
          made[body!.model!] = {
            ...shown,
            modelfile: `FROM /m/sha256-${x}\nADAPTER /m/${adapter.replace(":", "-")}\n`,
          };
          return Response.json({ status: "success" });
        }
        running.add(body!.model!);
        return Response.json({ message: { content: "" }, done: true, done_reason: "load" });
      },
    });
    server = { url: `http://127.0.0.1:${started.port}`, requests: [], stop: () => started.stop(true) };
    return { url: server.url, created, blobs };
  }

  async function adapterFile(content: string) {
    const hash = hashBytes(content);
    await mkdir(join(folder, hash), { recursive: true });
    const path = join(folder, hash, "adapter.gguf");
    await writeFile(path, content);
    return { hash, path };
  }

  test("is given twin and adapter, and one model under the adapter's hash, once", async () => {
    const path = join(folder, `sha256-${hashBytes(weights)}`);
    await writeFile(path, weights);
    const { url, created, blobs } = serve(path);
    const model = await open(`ollama:smol@${url}`, testDeps());
    expect([model.capabilities.adapters, model.adapters?.baseDigest]).toEqual(["runtime", hashBytes(weights)]);
    const adapter = await adapterFile("weights of an adapter");
    await model.adapters!.load(adapter);
    await model.adapters!.load(adapter);
    const twin = await planTwin(path, adapter.hash);
    expect(created).toEqual([
      expect.objectContaining({
        model: `${adapter.hash}:${digest.slice(0, 16)}`,
        files: { "twin.gguf": `sha256:${twin.sha256}` },
        adapters: { "adapter.gguf": `sha256:${adapter.hash}` },
        template: "T",
      }),
    ]);
    expect([...blobs].sort()).toEqual([adapter.hash, twin.sha256].sort());
    expect(await model.adapters!.loaded()).toEqual([adapter.hash]);
  });

  test("on another machine gets the twin of the same weights in the model store; without them it says what to do", async () => {
    const sha256 = hashBytes(weights);
    const { url, created } = serve(`/not/here/sha256-${sha256}`);
    const adapter = await adapterFile("weights of another adapter");
    const bare = await open(`ollama:smol@${url}`, testDeps());
    const fault = await faultOf(bare.adapters!.load(adapter));
    expect([fault.code, fault.message.includes("automem model add")]).toEqual(["no-base-weights", true]);
    const path = join(folder, "stored.gguf");
    await writeFile(path, weights);
    const stored = { name: "smol", sha256, path } as never;
    const modelFiles = { find: async () => undefined, list: async () => ({ models: [stored], damaged: [] }) };
    const model = await open(`ollama:smol@${url}`, testDeps({ modelFiles }));
    await model.adapters!.load(adapter);
    expect(created).toHaveLength(1);
  });

  test("whose file is not what its name says is refused", async () => {
    const path = join(folder, `sha256-${"c".repeat(64)}`);
    await writeFile(path, weights);
    const { url } = serve(path);
    const model = await open(`ollama:smol@${url}`, testDeps());
    const fault = await faultOf(model.adapters!.load(await adapterFile("weights of a third")));
    expect([fault.code, fault.message.includes("as the server says")]).toEqual(["refused", true]);
  });

  test("with a model that is no GGUF of its own takes no adapters", async () => {
    for (const path of ["smol-cloud", `sha256-${x}\nFROM /m/sha256-${x}`, `sha256-${x}\nADAPTER /m/sha256-${x}`]) {
      const { url } = serve(path);
      const model = await open(`ollama:smol@${url}`, testDeps());
      expect([model.capabilities.adapters, model.adapters]).toEqual(["none", undefined]);
      await server?.stop();
    }
  });

  test("that does not have an adapter is not asked as if it had", async () => {
    const path = `/m/sha256-${x}`;
    const { url } = serve(path);
    const model = await open(`ollama:smol@${url}`, testDeps());
    const fault = await faultOf(model.chat(question, callOptions({ adapter: x })));
    expect([fault.code, fault.message.includes("automem adapter load")]).toEqual(["refused", true]);
  });

  test("that leaves out the probabilities it was asked for is at fault", async () => {
    const mute = fakeServer(({ path }) => {
      if (path === "/api/version") return Response.json({ version: "0.17.4" });
      if (path === "/api/tags") return Response.json({ models: [{ name: "smol:latest", digest }] });
      if (path === "/api/show") return Response.json({ modelfile: `FROM /m/sha256-${x}\n` });
      return Response.json({ message: { role: "assistant", content: "" }, done: true });
    });
    server = mute;
    const model = await open(`ollama:smol@${mute.url}`, testDeps());
    const fault = await faultOf(model.nextTokens!(question, { count: 5, timeoutMs: 1000 }));
    expect([fault.code, fault.message.includes("probabilities")]).toEqual(["bad-response", true]);
  });

  test("of an old version tells no probabilities, so that adapters are compared by their texts", async () => {
    const old = fakeServer(({ path }) => {
      if (path === "/api/version") return Response.json({ version: "0.9.0" });
      if (path === "/api/tags") return Response.json({ models: [{ name: "smol:latest", digest }] });
      return Response.json({ modelfile: `FROM /m/sha256-${x}\n` });
    });
    server = old;
    expect((await open(`ollama:smol@${old.url}`, testDeps())).nextTokens).toBeUndefined();
  });
});
