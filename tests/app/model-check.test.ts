/** `automem model check` without its command. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp } from "../../src/app/app.ts";
import { checkModel } from "../../src/app/model-check.ts";
import { closedAddress, faultOf, testClock } from "../inference/support.ts";

const folder = mkdtempSync(join(tmpdir(), "automem-model-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const app = () => openApp({ AUTOMEM_HOME: folder }, testClock());
const options = { timeoutMs: 60_000, signal: new AbortController().signal };

describe("checkModel", () => {
  test("a server that is not there is a result that says so", async () => {
    const check = await checkModel(app(), `ollama:m@${await closedAddress()}`, options);
    expect([check.reachable, check.facts]).toEqual([false, undefined]);
    expect(check.lines.map(({ status, found }) => [status, found])).toEqual([["fail", "unreachable"]]);
  });

  test("a name that cannot be used is the user's fault", async () => {
    expect((await faultOf(checkModel(app(), "nobody:m", options))).code).toBe("unknown-provider");
  });

  test("asks a scripted model everything and closes it", async () => {
    const script = join(folder, "script.json");
    const rules = [{ reply: "w ".repeat(80), times: 1000 }];
    writeFileSync(script, JSON.stringify({ schema: "automem.script/1", rules }));
    const steps: string[] = [];
    const check = await checkModel(app(), `scripted:${script}`, {
      ...options,
      contextTokens: 512,
      onStep: (step) => steps.push(step),
    });
    expect(check.reachable).toBe(true);
    expect(steps.slice(0, 2)).toEqual(["open", "first call"]);
    const lines = new Map(check.lines.map((line) => [line.name, line]));
    expect(lines.get("context")?.found).toContain("512 tokens; a longer prompt is refused");
    // The script says the same whatever the seed.
    expect(lines.get("seed")?.status).toBe("warn");
  });
});
