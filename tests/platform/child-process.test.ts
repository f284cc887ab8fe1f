import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, SpawnError, startChild } from "../../src/platform/child-process.ts";
import { liveChildren } from "../../src/platform/child-registry.ts";

const env = { PATH: process.env.PATH! };
const quick = { afterEndMs: 100, afterTermMs: 100 };
const host = join(import.meta.dir, "..", "fixtures", "plugins", "host.ts");

function shell(script: string, onStderrLine?: (line: string) => void): Promise<Child> {
  return startChild({ command: "sh", args: ["-c", script], env, cwd: "/", onStderrLine });
}

/** Resolves once that process is gone or a zombie that its new parent has not reaped. */
async function gone(pid: number): Promise<void> {
  const running = () => existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  while (running()) await Bun.sleep(5);
}

describe("the ending of a child", () => {
  test("needs no signal when it exits at the end of its stdin", async () => {
    expect(await (await shell("cat; exit 4")).stop(quick)).toEqual({ code: 4, signal: null });
  });

  test("takes SIGTERM when it does not", async () => {
    expect((await (await shell("exec sleep 60")).stop(quick)).signal).toBe("SIGTERM");
  });

  test("takes SIGKILL when it ignores that", async () => {
    const child = await shell("trap '' TERM; echo ready; while :; do sleep 1; done");
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect((await child.stop(quick)).signal).toBe("SIGKILL");
    expect(liveChildren()).not.toContain(child.pid);
  });

  test("ends what it has started, too", async () => {
    const child = await shell("sleep 60 & echo $!; wait");
    const pid = Number(await new Promise<Buffer>((resolve) => child.stdout.once("data", resolve)));
    await child.stop(quick);
    await gone(pid);
  });

  test("may be asked for twice and after the exit", async () => {
    const child = await shell("exit 0");
    await child.exited;
    expect(await Promise.all([child.stop(quick), child.stop(quick)])).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
  });
});

test("keeps the end of stderr and passes on its lines", async () => {
  const lines: string[] = [];
  const child = await shell("for i in $(seq 1 100); do echo line $i >&2; done; printf last >&2", (line) =>
    lines.push(line),
  );
  await child.exited;
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toBe("last");
  const tail = child.stderrTail().split("\n");
  expect(tail).toHaveLength(41);
  expect([tail[0], tail[1], tail.at(-1)]).toEqual(["...", "line 62", "last"]);
});

test("a child sees only the environment it is given", async () => {
  const child = await startChild({ command: "env", args: [], env: { PATH: env.PATH, ONE: "1" }, cwd: "/" });
  let text = "";
  child.stdout.on("data", (piece) => (text += piece));
  await child.exited;
  expect(text.trim().split("\n").sort()).toEqual(["ONE=1", `PATH=${env.PATH}`]);
});

test("a program that is not there is a typed error", async () => {
  const work = startChild({ command: "/nowhere/program", args: [], env, cwd: "/" });
  expect(await work.catch((cause) => cause)).toBeInstanceOf(SpawnError);
});

describe("when this program ends, so does a child that ignores every gentle signal", () => {
  async function run(mode: string, signal?: NodeJS.Signals): Promise<{ exitCode: number | null; signalCode: unknown }> {
    const program = Bun.spawn([process.execPath, host, mode], { stdout: "pipe", stderr: "ignore" });
    const reader = program.stdout.getReader();
    const { value } = await reader.read();
    const pid = Number(new TextDecoder().decode(value));
    expect(pid).toBeGreaterThan(1);
    if (signal !== undefined) program.kill(signal);
    await program.exited;
    await gone(pid);
    return { exitCode: program.exitCode, signalCode: program.signalCode };
  }

  test("by process.exit", async () => {
    expect((await run("exit")).exitCode).toBe(0);
  });

  test("by an uncaught error", async () => {
    expect((await run("throw")).exitCode).toBe(1);
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s, which still ends it as that signal does",
    async (signal) => {
      expect((await run("wait", signal)).signalCode).toBe(signal);
    },
  );

  test.skipIf(Bun.which("setpriv") === null)("by SIGKILL, on a system that has setpriv", async () => {
    expect((await run("wait", "SIGKILL")).signalCode).toBe("SIGKILL");
  });

  test("by a signal that it handles itself", async () => {
    expect((await run("own-handler", "SIGTERM")).exitCode).toBe(7);
  });
});
