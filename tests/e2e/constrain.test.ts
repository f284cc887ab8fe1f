/** `--constrain` with a model that knows no grammar, through the compiled binary. */
import { describe, expect, test } from "bun:test";
import { missing, Sandbox, titled } from "./automem.ts";

const reason = missing("courier");

describe.skipIf(reason !== undefined)(titled("--constrain", reason), () => {
  test("with a model that knows no grammar is a usage error that names those that do, and records nothing", async () => {
    const box = await Sandbox.make({ prepared: true });
    try {
      const script = await box.write("script.json", {
        schema: "automem.script/1",
        rules: [{ reply: "<|ACTION|>walk<|END|>" }],
      });
      const refused = await box.run("run", "courier", "--model", `scripted:${script}`, "--constrain");
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toMatch(/cannot hold its replies to a grammar.*llama-cpp.*ollama.*openai/);
      expect(JSON.parse((await box.run("list", "--json")).stdout)).toEqual([]);
    } finally {
      await box.remove();
    }
  }, 60_000);
});
