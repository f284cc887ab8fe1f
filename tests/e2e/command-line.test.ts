/** The binary's manners: help, suggestions, exit codes, start-up, completion. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { missing, Sandbox, titled } from "./automem.ts";

const reason = missing();
describe.skipIf(reason !== undefined)(titled("the command line", reason), () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = await Sandbox.make();
  });
  afterAll(() => box.remove());

  test("prints its version and touches nothing", async () => {
    const { exitCode, stdout } = await box.run("--version");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(existsSync(`${box.home}/store`)).toBe(false);
  });

  test("help has a line for each command, examples and exit codes", async () => {
    const { exitCode, stdout } = await box.run("--help");
    expect(exitCode).toBe(0);
    for (const command of ["run", "resume", "list", "show", "plugin", "model", "completion"]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b.*\\S`, "m"));
    }
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain("Exit codes:");
  });

  test.each([
    [["plgin", "list"], "Did you mean plugin?"],
    [["run", "crafter", "--modle", "x"], "Did you mean --model?"],
    [["plugin", "verfy", "crafter"], "Did you mean verify?"],
    [["run", "crafter"], "No model was given"],
    [["run", "crafter", "--model", "nonsense"], "is not PROVIDER:MODEL"],
    [["run", "crafter", "--model", "x:y", "--steps", "many"], "whole number"],
    [["run", "--settings", "nowhere.toml"], "nowhere.toml cannot be read"],
    [["plugin", "info", "nothing"], "not installed"],
    [["show", "nothing"], "no run"],
    [["resume", "last"], "no runs yet"],
  ] as [string[], string][])("%p says what is wrong and ends with 2", async (words, expected) => {
    const { exitCode, stderr } = await box.run(...words);
    expect(stderr).toContain(expected);
    expect(exitCode).toBe(2);
  });

  test("lists first-party plugins from an empty folder", async () => {
    const { exitCode, stdout } = await box.run("plugin", "list");
    expect(exitCode).toBe(0);
    for (const name of ["courier", "crafter", "minihack", "nethack", "llama-cpp"]) {
      expect(stdout).toMatch(new RegExp(`^${name} .*not installed`, "m"));
    }
  });

  test.each(["bash", "zsh", "fish"])("writes a completion script for %s", async (shell) => {
    const { exitCode, stdout } = await box.run("completion", shell);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("automem");
  });

  test("completes commands", async () => {
    const { stdout } = await box.run("complete", "--", "pl");
    expect(stdout).toContain("plugin");
  });
});
