/** Plugins with the compiled binary: install, interrupt, verify, a new one from the template. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished, missing, Sandbox, titled } from "./automem.ts";

const reason = missing();
const minute = 60_000;

describe.skipIf(reason !== undefined)(titled("plugins", reason), () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = await Sandbox.make();
  });
  afterAll(() => box.remove());

  test(
    "add says what it will do, installs, and is idempotent",
    async () => {
      const first = await box.run("plugin", "add", "courier");
      expect(first.stderr).toContain("Will install:");
      expect(first.stderr).toContain(box.home);
      expect(first.stdout).toContain("is installed");
      expect(first.exitCode).toBe(0);
      const second = await box.run("plugin", "add", "courier");
      expect(second.stdout).toContain("already installed");
      expect(second.exitCode).toBe(0);
      const info = JSON.parse((await box.run("plugin", "info", "courier", "--json")).stdout);
      expect(info.certificate.passed).toBe(true);
      expect(info.tasks.length).toBeGreaterThan(0);
    },
    3 * minute,
  );

  test(
    "add works with nothing but python3 on the PATH",
    async () => {
      const bare = await Sandbox.make();
      try {
        const found = Bun.spawnSync(["python3", "-c", "import sys; print(sys.executable)"]).stdout.toString().trim();
        const path = join(bare.folder, "bin");
        await mkdir(path);
        await symlink(found, join(path, "python3"));
        const added = await finished(bare.start(["plugin", "add", "courier"], { PATH: path }));
        expect(added.stdout).toContain("is installed");
        expect(added.exitCode).toBe(0);
        const none = await finished(bare.start(["plugin", "add", "courier", "--force"], { PATH: bare.folder }));
        expect(none.stderr).toContain("apt-get install python3");
        expect(none.exitCode).toBe(1);
      } finally {
        await bare.remove();
      }
    },
    3 * minute,
  );

  test(
    "an interrupted add leaves nothing listed, and the next one works",
    async () => {
      const other = await Sandbox.make();
      try {
        const child = other.start(["plugin", "add", "courier"]);
        const reader = child.stderr.getReader();
        let said = "";
        // Killed as soon as it has begun to build the environment.
        while (!said.includes("Making an environment")) {
          const { value, done } = await reader.read();
          if (done) break;
          said += new TextDecoder().decode(value);
        }
        child.kill("SIGKILL");
        await child.exited;
        reader.releaseLock();
        const listed = JSON.parse((await other.run("plugin", "list", "--json")).stdout);
        expect(listed.installed).toEqual([]);
        expect(listed.broken).toEqual([]);
        expect((await other.run("plugin", "add", "courier")).exitCode).toBe(0);
        expect((await readdir(join(other.home, "plugins", "courier", "builds"))).length).toBe(1);
      } finally {
        await other.remove();
      }
    },
    3 * minute,
  );

  test(
    "a plugin from new passes verify as it stands, and one that breaks the protocol is not listed",
    async () => {
      expect((await box.run("plugin", "new", "coin-hunt")).exitCode).toBe(0);
      const added = await box.run("plugin", "add", "./coin-hunt");
      expect(added.stderr).not.toContain("failed");
      expect(added.exitCode).toBe(0);
      const verified = await box.run("plugin", "verify", "coin-hunt");
      expect(verified.stdout).toContain("coin-hunt: passed");
      expect(verified.exitCode).toBe(0);

      const broken = join(box.folder, "broken");
      await cp(join(box.folder, "coin-hunt"), broken, { recursive: true });
      const manifest = JSON.parse(await Bun.file(join(broken, "plugin.json")).text());
      await writeFile(join(broken, "plugin.json"), JSON.stringify({ ...manifest, name: "broken" }));
      const source = join(broken, "coin_hunt", "__init__.py");
      const module = (await readdir(broken)).find((name) => name.startsWith("automem_"));
      const path = module ? join(broken, module, "__init__.py") : source;
      await writeFile(path, `${await Bun.file(path).text()}\nraise RuntimeError("not today")\n`);
      const refused = await box.run("plugin", "add", "./broken");
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain("not today");
      const listed = JSON.parse((await box.run("plugin", "list", "--json")).stdout);
      expect(listed.installed.map((plugin: { name: string }) => plugin.name).sort()).toEqual(["coin-hunt", "courier"]);
    },
    3 * minute,
  );

  test(
    "remove unlists a plugin",
    async () => {
      expect((await box.run("plugin", "remove", "coin-hunt")).exitCode).toBe(0);
      const again = await box.run("plugin", "remove", "coin-hunt");
      expect(again.exitCode).toBe(2);
      expect(again.stderr).toContain("not installed");
    },
    minute,
  );
});

describe.skipIf(missing() !== undefined)("an orphan", () => {
  test(
    "no plugin process is left when automem is killed",
    async () => {
      if (process.platform !== "linux" || missing("courier") !== undefined) return;
      const box = await Sandbox.make({ prepared: true });
      try {
        const script = await box.write("slow.json", {
          schema: "automem.script/1",
          rules: [{ reply: "<|DONE|>", cycle: true, delayMs: 60_000 }],
        });
        const child = box.start(["run", "courier", "--model", `scripted:${script}`, "--json"]);
        const reader = child.stdout.getReader();
        let said = "";
        while (!said.includes('"episode-start"')) {
          const { value, done } = await reader.read();
          if (done) throw new Error(`ended early: ${(await finished(child)).stderr}`);
          said += new TextDecoder().decode(value);
        }
        const children = (await Bun.file(`/proc/${child.pid}/task/${child.pid}/children`).text())
          .trim()
          .split(" ")
          .map(Number);
        expect(children.filter((pid) => pid > 0).length).toBeGreaterThan(0);
        child.kill("SIGKILL");
        await child.exited;
        const alive = (pid: number) => Bun.file(`/proc/${pid}/cmdline`).exists();
        const deadline = performance.now() + 10_000;
        while ((await Promise.all(children.map(alive))).some(Boolean) && performance.now() < deadline)
          await Bun.sleep(20);
        expect(await Promise.all(children.map(alive))).toEqual(children.map(() => false));
      } finally {
        await box.remove();
      }
    },
    minute,
  );
});
