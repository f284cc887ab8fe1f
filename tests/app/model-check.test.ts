/** `automem model check` without its command. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp } from "../../src/app/app.ts";
import { modelChecks } from "../../src/app/checks/model-checks.ts";
import { checkVerdict } from "../../src/app/checks/verdict.ts";
import { checkModel } from "../../src/app/model-check.ts";
import { closedAddress, faultOf, testClock } from "../inference/support.ts";

const folder = mkdtempSync(join(tmpdir(), "automem-model-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const app = () => openApp({ AUTOMEM_HOME: folder }, testClock());
const options = { timeoutMs: 60_000, signal: new AbortController().signal };

describe("checkModel", () => {
  test("a server that is not there is a result that says so", async () => {
    const model = `ollama:m@${await closedAddress()}`;
    const check = await checkModel(app(), model, options);
    expect([check.reachable, check.facts]).toEqual([false, undefined]);
    expect(check.lines.map(({ status, found }) => [status, found])).toEqual([["fail", "unreachable"]]);
    const kept = (await modelChecks(app())).find((one) => one.model === model)!;
    expect(kept).toMatchObject({ reachable: false, lines: [{ status: "fail" }] });
    expect(checkVerdict(kept)).toBe("1 failed");
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
    const kept = (await modelChecks(app())).filter(({ model }) => model === `scripted:${script}`);
    expect(kept).toHaveLength(1);
    expect(kept[0]!.lines).toEqual(check.lines);
  });

  test("a later check takes the place of the one before; a file that was spoiled is left out", async () => {
    const model = `ollama:again@${await closedAddress()}`;
    await checkModel(app(), model, options);
    await checkModel(app(), model, options);
    const own = async () => (await modelChecks(app())).filter((one) => one.model === model);
    expect(await own()).toHaveLength(1);
    const checks = join(folder, "checks", "models");
    for (const name of readdirSync(checks)) {
      if (readFileSync(join(checks, name), "utf8").includes("again")) writeFileSync(join(checks, name), "{");
    }
    expect(await own()).toEqual([]);
  });
});
