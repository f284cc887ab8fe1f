/** The compiled binary with one model twice: the base, and the base with an adapter as its memory specialist. Embedded engine, real weights. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { writeLora } from "../inference/lora-fixture.ts";
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
