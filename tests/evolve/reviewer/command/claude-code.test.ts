/** The preset for Claude Code, against a stand-in that is called as the real one would be. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandReviewer } from "../../../../src/evolve/reviewer/command/command.ts";
import { systemClock } from "../../../../src/platform/clock.ts";
import { evidenceOf, proposalOf, reviewTask, textsOf } from "../support.ts";

const root = mkdtempSync(join(tmpdir(), "automem-claude-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const result = {
  type: "result",
  subtype: "success",
  is_error: false,
  num_turns: 12,
  total_cost_usd: 0.4,
  usage: { input_tokens: 10, cache_creation_input_tokens: 200, cache_read_input_tokens: 3000, output_tokens: 400 },
};

async function standIn(said: string) {
  const folder = mkdtempSync(join(root, "bin-"));
  for (const name of ["evidence", "scratch"]) await mkdir(join(folder, name));
  const program = join(folder, "claude");
  await writeFile(
    program,
    `#!/bin/sh
printf '%s\\n' "$@" > package/arguments.txt
env | cut -d= -f1 | sort > package/variables.txt
echo analysis > result/analysis.md; echo method > result/method.md
echo '{"name":"places","description":"d"}' > result/change.json
echo '${said}'
`,
  );
  await chmod(program, 0o755);
  return folder;
}

async function review(name: string, said = JSON.stringify(result)) {
  const folder = await standIn(said);
  const reviewer = await createCommandReviewer({
    name,
    references: new Map(),
    clock: systemClock,
    environment: { PATH: `${folder}:/usr/bin:/bin`, ANTHROPIC_API_KEY: "sk-ant-test-key", AWS_SECRET: "no" },
    jail: { kind: "none", reason: "not in this test" },
  });
  const evidence = evidenceOf({}, join(folder, "evidence"));
  const session = await reviewer.open(reviewTask({ evidence, scratch: join(folder, "scratch") }));
  return { session, reviewer, texts: textsOf(proposalOf(await session.propose()).files) };
}

test("is told to work without a person, with file tools only and within the turns", async () => {
  const { texts, session } = await review("claude-code:opus");
  const words = (texts["arguments.txt"] as string).trim().split("\n");
  expect(words[0]).toBe("-p");
  const after = (flag: string) => words[words.indexOf(flag) + 1];
  expect(after("--output-format")).toBe("json");
  expect(after("--max-turns")).toBe("20");
  expect(after("--model")).toBe("opus");
  expect(after("--tools")).toBe("Read,Glob,Grep,Edit,Write");
  expect(words).not.toContain("--dangerously-skip-permissions");
  expect(session.spent()).toEqual({ calls: 12, promptTokens: 3210, cachedTokens: 3000, generatedTokens: 400 });
});

test("is given its key and no other variable of this machine", async () => {
  const { texts, reviewer } = await review("claude-code");
  expect(texts["variables.txt"]).toContain("ANTHROPIC_API_KEY\n");
  expect(texts["variables.txt"]).not.toContain("AWS_SECRET");
  expect(texts["arguments.txt"]).not.toContain("--model");
  expect(reviewer.identity.details.environment).toEqual(["ANTHROPIC_API_KEY"]);
});

test("figures that it does not give are none", async () => {
  expect((await review("claude-code", "Done.")).session.spent().calls).toBe(0);
});
