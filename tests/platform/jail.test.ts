/** The jail: what is inside, and above all what is not. The real one is tried where bubblewrap works. */
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findJail, type JailSpec, jailArguments } from "../../src/platform/jail.ts";
import { runCommand } from "../../src/platform/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "automem-jail-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec = (overrides: Partial<JailSpec> = {}): JailSpec => ({
  command: "true",
  args: [],
  cwd: "/task",
  home: "/home/user",
  mounts: [],
  network: false,
  ...overrides,
});

describe("the arguments", () => {
  test("unshare everything, and give the network back only where it is asked for", () => {
    expect(jailArguments(spec())).toContain("--unshare-all");
    expect(jailArguments(spec())).not.toContain("--share-net");
    expect(jailArguments(spec())).not.toContain("/etc/resolv.conf");
    expect(jailArguments(spec({ network: true }))).toContain("--share-net");
  });

  test("mount what is named after the empty folder, read-only unless it is said otherwise", () => {
    const mounts = [
      { from: "/a", to: "/task/a" },
      { from: "/b", to: "/task/b", writable: true },
    ];
    const words = jailArguments(spec({ mounts, args: ["--bind", "/", "/"] })).join(" ");
    expect(words.indexOf("--tmpfs /task")).toBeLessThan(words.indexOf("--ro-bind /a /task/a --bind /b /task/b"));
    expect(words).toEndWith("--chdir /task -- true --bind / /");
  });
});

describe("where there is none", () => {
  test("the reason says what to install", async () => {
    expect(await findJail(folder)).toMatchObject({ kind: "none", reason: expect.stringMatching(/bubblewrap|Linux/) });
  });

  test.skipIf(process.platform !== "linux")("the reason says what bubblewrap said", async () => {
    const program = join(folder, "bwrap");
    writeFileSync(
      program,
      '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 9 && exit 0\necho "bwrap: no permissions" >&2\nexit 1\n',
    );
    chmodSync(program, 0o755);
    const jail = await findJail(`${folder}:/usr/bin:/bin`);
    expect(jail).toEqual({
      kind: "none",
      reason: "bubblewrap is installed, but does not work here: bwrap: no permissions",
    });
  });
});

const jail = await findJail();
if (jail.kind === "none") test.skip(`a real jail: ${jail.reason}`, () => undefined);
else {
  describe("a real jail", () => {
    const inside = (script: string, overrides: Partial<JailSpec> = {}) =>
      runCommand({
        command: jail.program,
        args: jailArguments(spec({ command: "/bin/sh", args: ["-c", script], ...overrides })),
        env: { PATH: "/usr/bin:/bin" },
        timeoutMs: 20_000,
      });

    test("has the system's programs, a nameless user and empty folders", async () => {
      expect((await inside("id -u; pwd; ls -A . $HOME /tmp /home | wc -l")).split("\n").slice(0, 2)).toEqual([
        "65534",
        "/task",
      ]);
    });

    test("does not show the disk of this machine", async () => {
      writeFileSync(join(folder, "secret.txt"), "secret");
      const shown = await inside(
        `cat ${folder}/secret.txt ${import.meta.path} /etc/passwd /etc/shadow /root/.bashrc 2>&1; ls /root /home 2>&1; true`,
      );
      expect(shown).not.toContain("secret\n");
      expect(shown.match(/No such file/g)?.length).toBeGreaterThanOrEqual(5);
    });

    test("does not show other processes", async () => {
      const own = await inside("ls /proc | grep -c '^[0-9]'");
      expect(Number(own)).toBeLessThan(10);
    });

    test("writes through to what is writable, and nowhere else", async () => {
      const kept = mkdtempSync(join(folder, "kept-"));
      const shown = mkdtempSync(join(folder, "shown-"));
      writeFileSync(join(shown, "a.txt"), "as it was");
      const mounts = [
        { from: kept, to: "/task/kept", writable: true },
        { from: shown, to: "/task/shown" },
      ];
      const script =
        "echo hi > kept/b.txt; (echo no > shown/a.txt; chmod u+w shown; rm shown/a.txt; echo x > /usr/x) 2>&1 | grep -c Read-only; echo gone > here.txt";
      expect(await inside(script, { mounts })).toBe("4\n");
      expect(readFileSync(join(kept, "b.txt"), "utf8")).toBe("hi\n");
      expect(readFileSync(join(shown, "a.txt"), "utf8")).toBe("as it was");
    });

    test("has no network, not even this machine's loopback", async () => {
      const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("reached") });
      const ask = `exec 3<>/dev/tcp/127.0.0.1/${server.port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3`;
      const bash = (network: boolean) =>
        inside("", { command: "/bin/bash", args: ["-c", `(${ask}) 2>&1 || true`], network });
      try {
        expect(await bash(true)).toContain("reached");
        expect(await bash(false)).not.toContain("reached");
      } finally {
        await server.stop(true);
      }
    });

    test("ends with its program: what that left running is gone", async () => {
      const kept = mkdtempSync(join(folder, "kept-"));
      const mounts = [{ from: kept, to: "/task/kept", writable: true }];
      // The one left behind holds a lock for as long as it lives.
      await inside("(setsid flock kept/lock sleep 1000 >/dev/null 2>&1 &) ; while [ ! -e kept/lock ]; do :; done", {
        mounts,
      });
      expect(
        await runCommand({
          command: "flock",
          args: ["--wait", "20", join(kept, "lock"), "echo", "free"],
          env: { PATH: "/usr/bin:/bin" },
          timeoutMs: 30_000,
        }),
      ).toBe("free\n");
    });
  });
}
