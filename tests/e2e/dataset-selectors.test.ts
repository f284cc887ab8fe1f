/** Datasets with the compiled binary and selectors from outside: a tool-calling server, a stand-in for Claude Code, a hostile server. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DatasetItem, DatasetRecord } from "../../src/core/training.ts";
import { Store } from "../../src/store/store.ts";
import { finished, missing, Sandbox, titled } from "./automem.ts";
import { searchingScript } from "./searching-script.ts";
import { type ServerMessage, type ServerReply, startToolServer, type ToolServer } from "./tool-server.ts";

const absent = missing("courier");
const minute = 60_000;
const criteria = "note: LOG wrote a password that was found again. search: PLAN found the word that it then said.";

const isBatch = (messages: readonly ServerMessage[]) => (messages[1]?.content ?? "").includes("## The turns");
/** Handles of the turns of a kind in the list of a batch. */
const listed = (messages: readonly ServerMessage[], kind: string): string[] =>
  [...(messages[1]?.content ?? "").matchAll(/^(t\d+) {2}step .* {2}(\w+) {2}value/gm)]
    .filter(([, , found]) => found === kind)
    .map(([, handle]) => handle as string);
const choose = (turns: { turn: string; criterion: string }[]): ServerReply => ({
  calls: [{ name: "choose", arguments: { turns: turns.map((turn) => ({ ...turn, reason: "It was of use." })) } }],
});

/** Writes criteria; of a batch it reads a note, if there is one, and chooses notes and searches. */
function sensible(messages: readonly ServerMessage[], turn: number): ServerReply {
  if (!isBatch(messages)) return { calls: [{ name: "criteria", arguments: { text: criteria } }] };
  const notes = listed(messages, "write");
  if (turn === 0 && notes[0] !== undefined) {
    return { text: "Let me look.", calls: [{ name: "read_turn", arguments: { turn: notes[0] } }] };
  }
  const searches = listed(messages, "lookup");
  return choose([
    ...notes.map((one) => ({ turn: one, criterion: "note" })),
    ...searches.map((one) => ({ turn: one, criterion: "search" })),
  ]);
}

describe.skipIf(absent !== undefined)(titled("a dataset with a selector from outside", absent), () => {
  let box: Sandbox;
  let server: ToolServer | undefined;
  beforeEach(async () => {
    box = await Sandbox.make({ prepared: true });
    const script = await box.write("player.json", searchingScript());
    const play = ["run", "courier", "-t", "tiny", "--scaffold", "courier", "--model", `scripted:${script}`, "--json"];
    expect((await box.run(...play, "--seeds", "train", "-n", "4")).exitCode).toBe(0);
  }, minute);
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await box.remove();
  });

  const build = (selector: string, ...more: string[]) => [
    ...["dataset", "build", "last", "--selector", selector, "--json"],
    ...more,
  ];
  const shown = async (hash: string): Promise<{ criteria: string; items: DatasetItem[] }> =>
    JSON.parse((await box.run("dataset", "show", hash, "--json")).stdout);

  /** Each item's line in its split is what was sent and said in its turn, up to what the clean-up took away at its ends. */
  async function expectWordForWord(hash: string, record: DatasetRecord): Promise<void> {
    const store = await Store.open(join(box.home, "store"));
    const lines = async (split: "train" | "validation") =>
      (await store.blobs.getText(record[split].blob)).trimEnd().split("\n");
    const bySplit = { train: await lines("train"), validation: await lines("validation") };
    const { items } = await shown(hash);
    expect(items.length).toBeGreaterThan(5);
    for (const { episode, stepIndex, phase, callIndex, split, firstLine } of items) {
      const call = (await (await store.readRecord(episode)).step(stepIndex))[phase]?.calls[callIndex];
      const { prompt, completion } = JSON.parse(bySplit[split][firstLine] as string);
      expect(prompt).toEqual(call?.messages);
      expect(call?.call.reply).toContain(completion[0].content);
    }
    store.close();
  }

  test(
    "a model that was killed in the middle of its selection goes on, and answers no question twice",
    async () => {
      const { promise: halfway, resolve } = Promise.withResolvers<void>();
      let batches = 0;
      const stuck = new Set<number>();
      server = startToolServer((messages, turn) => {
        if (isBatch(messages) && turn === 0) batches += 1;
        if (batches === 5 && stuck.size === 0) {
          stuck.add(batches);
          resolve();
        }
        return sensible(messages, turn);
      });
      const words = build(`agent:${server.model}`, "--batch-turns", "10");
      const child = box.start(words);
      await halfway;
      child.kill("SIGKILL");
      await finished(child);
      expect((await box.run("dataset", "list", "--json")).stdout.trim()).toBe("[]");
      const again = await box.run(...words);
      expect(again.exitCode).toBe(0);
      const { dataset, record } = JSON.parse(again.stdout) as { dataset: string; record: DatasetRecord };
      // Only the question that was under way is asked again.
      const questions = server.asked.filter(({ turn }) => turn === 0).map(({ last }) => last);
      expect(questions.length - new Set(questions).size).toBeLessThanOrEqual(1);
      expect(new Set(questions).size).toBeGreaterThan(8);
      expect(again.stderr).toMatch(/The selector took \d+ tokens/);
      expect((await shown(dataset)).criteria).toBe(`${criteria}\n`);
      expect(record.selector.name).toBe(`agent:${server.model}`);
      expect(record.selector.details).toMatchObject({ batchTurns: 10, turns: 30 });
      await expectWordForWord(dataset, record);
      // Built once more, all is asked anew: what was kept is forgotten with the dataset.
      const before = server.asked.length;
      expect((await box.run(...words)).exitCode).toBe(0);
      expect(server.asked.slice(before).filter(({ turn }) => turn === 0)).toHaveLength(new Set(questions).size);
      expect((await readdir(join(box.home, "work"))).filter((name) => name.startsWith("selection-"))).toEqual([]);
    },
    2 * minute,
  );

  test(
    "a model that names turns it was not shown is told so, and in the end nothing is built",
    async () => {
      server = startToolServer((messages, turn) => {
        if (!isBatch(messages)) return sensible(messages, turn);
        return choose([{ turn: "t9999", criterion: "note" }]);
      });
      const { exitCode, stderr } = await box.run(...build(`agent:${server.model}`, "--mends", "1"));
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain('"t9999" is no turn of this batch');
      expect(server.asked).toHaveLength(3);
      expect((await box.run("dataset", "list", "--json")).stdout.trim()).toBe("[]");
    },
    2 * minute,
  );

  test(
    "claude-code selects in its folder, and what it used is told",
    async () => {
      const bin = join(box.folder, "bin");
      await mkdir(bin);
      const path = await box.write(
        "bin/claude",
        `#!/bin/bash
[ "$1" = -p ] && [ -s README.md ] && [ -s task.md ] || exit 9
if [ -e criteria.md ]; then
  sed -n 's/^\\(t[0-9]*\\)  step .*  \\(write\\|lookup\\)  value .*/{"turn":"\\1","criterion":"\\2","reason":"It was of use."}/p' turns.md > result/selection.jsonl
else echo '${criteria}' > result/criteria.md; fi
echo '{"type":"result","num_turns":7,"usage":{"input_tokens":1000,"output_tokens":23}}'
`,
      );
      await chmod(path, 0o755);
      const child = box.start(build("claude-code"), { PATH: `${bin}:${process.env.PATH}` });
      const { stdout, stderr, exitCode } = await finished(child);
      expect(exitCode).toBe(0);
      // The criteria, and one batch for each of four episodes.
      expect(stderr).toContain(`The selector took ${5 * 1023} tokens`);
      const { dataset, record } = JSON.parse(stdout);
      expect(record.selector).toMatchObject({ name: "claude-code", details: { network: expect.any(String) } });
      await expectWordForWord(dataset, record);
      expect(existsSync(join(box.home, "work")) ? await readdir(join(box.home, "work")) : []).toEqual([]);
    },
    2 * minute,
  );
});
