/** The compiled binary with one model twice: the base, and the base with an adapter as its memory specialist. Embedded engine, real weights. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { writeLora } from "../inference/lora-fixture.ts";
import { ollamaMissing, startOllama } from "../inference/ollama-server.ts";
import { findRealModels } from "../inference/real-models.ts";
import { missing, Sandbox, titled } from "./automem.ts";

const models = await findRealModels();
const reason = missing("courier", "llama-cpp") ?? (typeof models === "string" ? models : undefined);
const minutes = 60_000;

interface StepView {
  log?: { calls: { call: { speaker: string } }[] };
  plan?: { calls: { call: { speaker: string } }[] };
}

describe.skipIf(reason !== undefined)(titled("--specialist", reason), () => {
  test(
    "an adapter of the store keeps the memory and the base acts; noughts, a foreign name and two specialists are refused",
    async () => {
      const box = await Sandbox.make({ prepared: true });
      try {
        const model = "llama-cpp:smollm2-135m";
        const random = await writeLora(join(box.folder, "loras"), 7);
        const noughts = await writeLora(join(box.folder, "loras"), 8, 0);
        for (const { path } of [random, noughts]) {
          const imported = await box.run("adapter", "import", path, "--base", "smollm2-135m");
          expect(imported.stderr).not.toContain("error");
          expect(imported.exitCode).toBe(0);
        }
        const words = [
          "run",
          "courier",
          "--task",
          "tiny",
          "--model",
          model,
          "--seeds",
          "7",
          "--steps",
          "3",
          "--constrain",
        ];
        const short = ["--log-calls", "1", "--plan-calls", "2", "--max-tokens", "32", "--context", "2048"];
        const played = await box.run(...words, ...short, "--specialist", random.hash.slice(0, 10));
        expect(played.stderr).not.toContain("error:");
        expect(played.stdout).toContain("1 of 1 episodes finished");
        const step = JSON.parse((await box.run("show", "last", "--step", "2", "--json")).stdout) as StepView;
        expect(step.log?.calls.map(({ call }) => call.speaker)).toEqual(["specialist"]);
        expect(step.plan?.calls.map(({ call }) => call.speaker)).toEqual(["specialist", "base"]);
        const run = JSON.parse((await box.run("show", "last", "--json")).stdout);
        expect(run.record.specialist).toMatchObject({ adapter: random.hash, model: { name: model } });

        const dead = await box.run(...words, ...short, "--specialist", noughts.hash);
        expect(dead.stderr).toContain(noughts.hash.slice(0, 12));
        expect(dead.exitCode).toBe(1);
        const foreign = await box.run(...words, ...short, "--specialist", "ffffffff");
        expect(foreign.exitCode).toBe(2);
        const both = await box.run(...words, ...short, "--specialist", random.hash, "--specialist-model", model);
        expect(both.stderr).toContain("not both");
        expect(both.exitCode).toBe(2);
        expect(JSON.parse((await box.run("list", "--json")).stdout).length).toBe(1);
      } finally {
        await box.remove();
      }
    },
    10 * minutes,
  );
});

const ollamaReason = reason ?? ollamaMissing();
describe.skipIf(ollamaReason !== undefined)(titled("--specialist on Ollama", ollamaReason), () => {
  test(
    "the adapter keeps the memory over a twin of the base; a context that is too small is an error; unloading takes it away",
    async () => {
      if (typeof models === "string") return;
      const box = await Sandbox.make({ prepared: true });
      const server = await startOllama(models.gguf);
      try {
        // One thread: on a busy machine two are slower.
        await server.create("one", `FROM ${server.model}\nPARAMETER num_thread 1\n`);
        const model = `ollama:one@${server.url}`;
        const { path, hash } = await writeLora(join(box.folder, "loras"), 7);
        await box.run("adapter", "import", path, "--base", "smollm2-135m");
        const words = ["run", "courier", "--task", "tiny", "--model", model, "--seeds", "7", "--steps", "2"];
        const short = [
          "--log-calls",
          "1",
          "--plan-calls",
          "2",
          "--max-tokens",
          "16",
          "--specialist",
          hash.slice(0, 10),
        ];
        const played = await box.run(...words, ...short, "--context", "2048");
        expect(played.stderr).not.toContain("error:");
        expect(played.stdout).toContain("1 of 1 episodes finished");
        const run = JSON.parse((await box.run("show", "last", "--json")).stdout);
        expect(run.record.specialist).toMatchObject({ adapter: hash, model: { name: model } });
        const step = JSON.parse((await box.run("show", "last", "--step", "1", "--json")).stdout) as StepView;
        expect(step.log?.calls.map(({ call }) => call.speaker)).toEqual(["specialist"]);
        expect(step.plan?.calls.map(({ call }) => call.speaker)).toEqual(["specialist", "base"]);

        const tight = await box.run(...words, ...short, "--context", "256");
        expect(tight.exitCode).toBe(1);
        expect(tight.stdout + tight.stderr).toContain("does not fit");
        expect((await box.run("adapter", "list", "--model", model)).stdout).toContain(hash);
        await box.run("adapter", "unload", hash, "--model", model);
        expect(JSON.parse((await box.run("adapter", "list", "--model", model, "--json")).stdout).loaded).toEqual([]);
      } finally {
        await server.stop();
        await box.remove();
      }
    },
    15 * minutes,
  );
});
