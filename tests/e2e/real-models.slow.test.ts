/** The real games with a real model through the compiled binary: the embedded engine, and a real Ollama. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type OllamaServer, ollamaMissing, startOllama } from "../inference/ollama-server.ts";
import { findRealModels } from "../inference/real-models.ts";
import { missing, Sandbox, titled } from "./automem.ts";

const minutes = 60_000;
/** Few calls and short replies: the model is far too small to play, what counts is that all parts work together. */
const short = ["--log-calls", "1", "--plan-calls", "1", "--max-tokens", "16", "--temperature", "0.2"];

interface Step {
  stepIndex: number;
  action?: string;
  calls: number;
  generatedTokens?: number;
}

const models = await findRealModels();
const reason =
  missing("crafter", "minihack", "nethack", "llama-cpp") ?? (typeof models === "string" ? models : undefined);

describe.skipIf(reason !== undefined)(titled("SmolLM2 in the embedded engine", reason), () => {
  test.each([
    ["crafter", "default", "4096", 20],
    ["minihack", "MiniHack-MazeWalk-9x9-v0", "4096", 6],
    ["nethack", "NetHackChallenge-v0", "8192", 6],
  ] as const)(
    "plays %s",
    async (game, task, context, count) => {
      const box = await Sandbox.make({ prepared: true });
      try {
        const words = [
          "run",
          game,
          "--task",
          task,
          "--model",
          "llama-cpp:smollm2-135m",
          "--steps",
          String(count),
          "--context",
          context,
          ...short,
        ];
        const played = await box.run(...words);
        expect(played.stderr).not.toContain("error:");
        expect(played.stdout).toContain("1 of 1 episodes finished");
        expect(played.exitCode).toBe(0);
        const steps = JSON.parse((await box.run("show", "last", "--steps", "--json")).stdout) as Step[];
        expect(steps.length).toBe(count);
        for (const step of steps) expect(step.calls).toBeGreaterThan(0);
        const [run] = JSON.parse((await box.run("list", "--json")).stdout);
        expect(run).toMatchObject({ game, finished: 1, steps: count });
      } finally {
        await box.remove();
      }
    },
    10 * minutes,
  );
});

const ollamaReason = reason ?? ollamaMissing();
describe.skipIf(ollamaReason !== undefined)(titled("SmolLM2 in Ollama", ollamaReason), () => {
  let server: OllamaServer;
  let box: Sandbox;
  beforeAll(async () => {
    if (typeof models === "string") return;
    server = await startOllama(models.gguf);
    box = await Sandbox.make({ prepared: true });
  }, 2 * minutes);
  afterAll(async () => {
    await server?.stop();
    await box?.remove();
  });

  test(
    "plays Crafter",
    async () => {
      const words = [
        "run",
        "crafter",
        "--model",
        `ollama:${server.model}`,
        "--steps",
        "6",
        "--context",
        "4096",
        ...short,
      ];
      const child = box.start(words, { OLLAMA_HOST: server.url });
      const stdout = await new Response(child.stdout).text();
      expect(await child.exited).toBe(0);
      expect(stdout).toContain("1 of 1 episodes finished");
      const seen = JSON.parse((await box.run("show", "last", "--json")).stdout);
      expect(seen.record.model.provider).toBe("ollama");
      expect(seen.record.model.digest).toMatch(/^[0-9a-f]{12,}/);
    },
    15 * minutes,
  );
});
