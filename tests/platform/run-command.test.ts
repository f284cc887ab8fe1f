import { expect, test } from "bun:test";
import { type CommandError, type CommandSpec, runCommand } from "../../src/platform/run-command.ts";

const shell = (script: string, more: Partial<CommandSpec> = {}): CommandSpec => ({
  command: "sh",
  args: ["-c", script],
  env: { PATH: process.env.PATH! },
  timeoutMs: 10_000,
  ...more,
});
const faultOf = (spec: CommandSpec) =>
  runCommand(spec).then(
    () => undefined,
    (cause: CommandError) => cause,
  );

test("gives the whole output and each line of both streams as it comes", async () => {
  const lines: string[] = [];
  const output = await runCommand(
    shell("echo one; echo two >&2; printf three", { onLine: (line) => lines.push(line) }),
  );
  expect(output).toBe("one\nthree");
  expect(lines.sort()).toEqual(["one", "three", "two"]);
});

test("a failure carries the exit code and the last lines", async () => {
  const fault = await faultOf(shell("echo out; echo err >&2; exit 3"));
  expect([fault?.fault, fault?.exitCode, fault?.tail]).toEqual(["failed", 3, "out\nerr"]);
  expect(fault?.message).toContain("failed (code 3). Last lines:\nout\nerr");
});

test("ends a command at its time limit, with what it has started", async () => {
  const fault = await faultOf(shell("echo begun; sleep 60 & sleep 60", { timeoutMs: 200 }));
  expect(fault?.fault).toBe("timeout");
  expect(fault?.message).toContain("did not end within 0.2 s. Last lines:\nbegun");
});

test("ends a command when it is aborted, also before it has begun", async () => {
  const abort = new AbortController();
  const running = faultOf(shell("echo begun; sleep 60", { signal: abort.signal, onLine: () => abort.abort() }));
  expect((await running)?.fault).toBe("cancelled");
  expect((await faultOf(shell("exit 0", { signal: abort.signal })))?.fault).toBe("cancelled");
});

test("a program that is not there is told apart from one that fails", async () => {
  expect((await faultOf(shell("", { command: "automem-no-such-program" })))?.fault).toBe("not-found");
});

test("more output than asked for is a failure, not a cut", async () => {
  expect((await faultOf(shell("echo 12345", { outputLimit: 5 })))?.fault).toBe("output-too-large");
  expect(await runCommand(shell("printf 12345", { outputLimit: 5 }))).toBe("12345");
});

test("leaves nothing of its group running where that is asked for", async () => {
  const script = "(while :; do sleep 0.01; done >/dev/null 2>&1 </dev/null) & echo $!";
  const run = { command: "sh", args: ["-c", script], env: { PATH: "/usr/bin:/bin" }, timeoutMs: 10_000 };
  const id = Number(await runCommand({ ...run, leaveNothing: true }));
  expect(() => process.kill(id, 0)).toThrow("ESRCH");
});
