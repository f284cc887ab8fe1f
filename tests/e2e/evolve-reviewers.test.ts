/** Campaigns with the compiled binary and reviewers from outside: a tool-calling server, a stand-in for Claude Code, a hostile program. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { finished, missing, Sandbox, titled } from "./automem.ts";
import { type ServerReply, startToolServer, type ToolServer } from "./tool-server.ts";

const absent = missing("courier");
const minute = 60_000;

const player = {
  schema: "automem.script/1",
  rules: [
    { phase: "log", reply: "DONE" },
    { phase: "plan", reply: "ACTION walk" },
  ],
};
const finish = {
  name: "finish",
  arguments: {
    structuralChange: { name: "places file", description: "A seeded file of places." },
    analysis: "1. Used? No: it never looks anything up.",
    method: "Places stand in places.txt.",
  },
};
const place = { name: "write_file", arguments: { path: "files/other/places.txt", text: "# Places\n" } };
const said: ServerReply[] = [
  {
    text: "Let me look.",
    calls: [
      { name: "list", arguments: {} },
      { name: "read", arguments: { path: "index.md" } },
    ],
  },
  { calls: [{ name: "read", arguments: { path: "reference/scaffolds.md", lines: 5 } }, place] },
  {
    calls: [
      { name: "check", arguments: {} },
      { name: "replay", arguments: {} },
    ],
  },
  { calls: [finish] },
];

describe.skipIf(absent !== undefined)(titled("evolve with a reviewer from outside", absent), () => {
  let box: Sandbox;
  let server: ToolServer | undefined;
  beforeEach(async () => {
    box = await Sandbox.make({ prepared: true });
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await box.remove();
  });

  const words = async (reviewer: string): Promise<string[]> => {
    const script = await box.write("player.json", player);
    const small = [
      "--revisions",
      "1",
      "--attempts",
      "1",
      "--continuations",
      "0",
      "--select-seeds",
      "2",
      "--steps",
      "8",
    ];
    return ["evolve", "courier", "-m", `scripted:${script}`, "-t", "tiny", "-r", reviewer, ...small, "--json"];
  };
  const events = (stdout: string): { kind: string; [field: string]: unknown }[] =>
    stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  const program = async (name: string, script: string): Promise<string> => {
    const path = await box.write(name, `#!/bin/bash\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const results = `echo "1. Used? No." > result/analysis.md; echo Places. > result/method.md
echo '{"name":"places file","description":"A seeded file of places."}' > result/change.json`;

  test(
    "an agent that was killed in the middle of its review goes on, and no reply is asked for twice",
    async () => {
      const { promise: asked, resolve } = Promise.withResolvers<void>();
      let waiting = true;
      server = startToolServer((_, turn) => {
        if (turn === 2 && waiting) resolve();
        return said[turn] ?? {};
      });
      const child = box.start(await words(`agent:${server.model}`));
      await asked;
      waiting = false;
      child.kill("SIGKILL");
      const { stdout } = await finished(child);
      const id = events(stdout)[0]?.campaignId as string;
      const resumed = await box.run("resume", id, "--json");
      expect(resumed.stderr).toBe("");
      const told = events(resumed.stdout);
      expect(told.find(({ kind }) => kind === "review-end")).toMatchObject({ change: { name: "places file" } });
      expect(told.find(({ kind }) => kind === "verdict")).toMatchObject({ outcome: "rejected-on-select" });
      // The third turn may have been under way when it was killed; those before it have their replies.
      const turns = server.asked.map(({ turn }) => turn);
      expect(turns.filter((turn) => turn !== 2)).toEqual([0, 1, 3]);
      const read = server.asked.find(({ turn }) => turn === 1)?.last ?? "";
      expect(read).toContain("index.md, lines 1 to");
    },
    2 * minute,
  );

  test(
    "claude-code is run once in its folder, with what it used in the campaign's spending",
    async () => {
      const bin = join(box.folder, "bin");
      await mkdir(bin);
      const counter = `{"type":"result","num_turns":7,"usage":{"input_tokens":100000,"output_tokens":23}}`;
      await program(
        "bin/claude",
        `[ "$1" = -p ] && [ -s brief.md ] && [ -s evidence/index.md ] && [ -s reference/scaffolds.md ] || exit 9
printf '# Places\\n' > package/files/other/places.txt; ${results}; echo '${counter}'`,
      );
      const path = `${bin}:${process.env.PATH}`;
      const { stdout, exitCode } = await finished(box.start(await words("claude-code"), { PATH: path }));
      expect(exitCode).toBe(0);
      const end = events(stdout).find(({ kind }) => kind === "review-end");
      expect(end).toMatchObject({ change: { name: "places file" } });
      const start = events(stdout).find(({ kind, phase }) => kind === "phase-start" && phase === "review");
      const tokens = (event: unknown) => (event as { spent: { tokens: number } }).spent.tokens;
      expect(tokens(end) - tokens(start)).toBe(100_023);
    },
    2 * minute,
  );

  test(
    "a hostile program proposes nothing, the reason is told, and no seed set changes",
    async () => {
      const path = await program(
        "hostile.sh",
        `for up in . .. ../.. ../../..; do mkdir -p $up/seeds/courier; echo '[1]' > $up/seeds/courier/confirm.json; done 2>/dev/null
rm package/hooks.ts; ln -s /etc/passwd package/hooks.ts; ${results}`,
      );
      const { stdout } = await finished(box.start(await words(`command:${path}`)));
      const told = events(stdout);
      const end = told.find(({ kind }) => kind === "review-end");
      expect(end?.change).toBeUndefined();
      expect(end?.reason).toContain("package/hooks.ts is a symbolic link");
      expect(told.some(({ kind }) => kind === "verdict")).toBe(false);
      expect(await readFile(join(import.meta.dir, "../../seeds/courier/confirm.json"), "utf8")).not.toBe("[1]\n");
    },
    2 * minute,
  );
});
