/** Campaigns of loop 1, whole, on a made-up game: verdicts, resume, budgets, purposes of seeds. */
import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { GameError } from "../../../src/core/errors.ts";
import { runCampaign } from "../../../src/evolve/campaign/campaign.ts";
import { RingGame } from "../../run/support.ts";
import { ObedientModel, packageSaying, type QueueReviewer, type RingOptions, ringCampaign } from "./support.ts";

// In memory where the system has such a place: these tests sync thousands of times.
const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "automem-evolve-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const freshFolder = () => join(root, String(made++));

async function whole(folder: string, options: RingOptions) {
  const parts = await ringCampaign(folder, options);
  try {
    return { parts, ...(await runCampaign(parts)) };
  } finally {
    await parts.log.close();
    parts.store.close();
  }
}

const better = packageSaying("GO");
const worse = packageSaying("STAY");

describe("a verdict", () => {
  test("a better scaffold is accepted on confirm seeds, gets its names, and is reported on sealed seeds", async () => {
    const { parts, end } = await whole(freshFolder(), { proposals: { r1a1c0: [better] } });
    const verdict = await parts.store.records.get(end.verdicts[0]!, "automem.verdict/1");
    expect(verdict.outcome).toBe("accepted");
    expect(verdict.confirm).toBeDefined();
    expect(end.scaffold).not.toBe(parts.start.hash);
    expect(parts.store.refs.get("scaffold/ring-evolve-1/best")).toBe(end.scaffold);
    expect(parts.store.refs.get("scaffold/ring-evolve-1/r1a1c0")).toBe(end.scaffold);
    const report = await parts.store.records.get(end.report!.final, "automem.evaluation/1");
    expect(report.episodes.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5]);
    expect((end.report!.comparison as { mean: number }).mean).toBeGreaterThan(0.2);
  });

  test("a worse one is rejected on the select seeds, costs no confirm episode, and leaves the report sealed", async () => {
    const { parts, end, spent } = await whole(freshFolder(), { proposals: { r1a1c0: [worse] } });
    const verdict = await parts.store.records.get(end.verdicts[0]!, "automem.verdict/1");
    expect(verdict.outcome).toBe("rejected-on-select");
    expect(end.scaffold).toBe(parts.start.hash);
    expect(end.report).toBeUndefined();
    expect(parts.log.has("report/opened")).toBe(false);
    expect(spent.episodes).toBe(8);
    expect(await parts.store.refs.names()).toEqual([]);
  });

  test("the gate of the paper accepts on the select seeds alone", async () => {
    const settings = { gate: { kind: "paper" as const }, report: "never" as const };
    const { parts, end, spent } = await whole(freshFolder(), { proposals: { r1a1c0: [better] }, settings });
    const verdict = await parts.store.records.get(end.verdicts[0]!, "automem.verdict/1");
    expect(verdict.outcome).toBe("accepted");
    expect(spent.episodes).toBe(8);
  });

  test("is stopped where episodes of one arm only are missing", async () => {
    // The candidate goes on, and the game cannot bear room 5; the start never gets there.
    const openGame = async () =>
      new (class extends RingGame {
        override async step(action: string) {
          const transition = await super.step(action);
          if ((transition.info as { room: number }).room === 5) throw new GameError("broken", { code: "game-lost" });
          return transition;
        }
      })();
    const { parts, end } = await whole(freshFolder(), {
      proposals: { r1a1c0: [better] },
      start: packageSaying("STAY"),
      openGame,
      settings: { retries: 1, play: playWith({ restarts: 0 }) },
    }).catch((fault) => {
      throw fault;
    });
    const verdict = await parts.store.records.get(end.verdicts[0]!, "automem.verdict/1");
    expect(["rejected-on-select", "stopped"]).toContain(verdict.outcome);
    expect(end.scaffold).toBe(parts.start.hash);
    const evaluation = await parts.store.records.get(verdict.select.candidate, "automem.evaluation/1");
    expect(evaluation.episodes.every(({ record }) => record === undefined)).toBe(true);
  });
});

function textOf(files: ReadonlyMap<string, Uint8Array>): string {
  return new TextDecoder().decode(files.get("hooks.ts"));
}

function playWith(changes: object) {
  return { game: "ring", model: "hash:model", tasks: ["left"], agent: { logCalls: 2, planCalls: 2 }, ...changes };
}

describe("attempts", () => {
  test("a continuation starts from the failed revision and sees its episodes; a fresh attempt sees what was tried", async () => {
    const { parts, end } = await whole(freshFolder(), {
      proposals: { r1a1c0: [worse], r1a1c1: [packageSaying("STAY put")], r1a2c0: [better] },
      settings: { attempts: 2, continuations: 1, report: "never" },
    });
    const reviewer = parts.reviewer as QueueReviewer;
    expect(reviewer.asked).toEqual(["r1a1c0#0", "r1a1c1#0", "r1a2c0#0"]);
    const [first, second, third] = parts.requests;
    expect(first?.failed).toBeUndefined();
    expect(second?.failed?.revision.key).toBe("r1a1c0");
    expect(second?.failed?.episodes.length).toBe(4);
    expect(textOf(reviewer.tasks[1]!.start)).toBe(textOf(worse));
    expect(third?.failed).toBeUndefined();
    expect(third?.history.map(({ key, outcome }) => [key, outcome])).toEqual([
      ["r1a1c0", "rejected-on-select"],
      ["r1a1c1", "rejected-on-select"],
    ]);
    expect(end.verdicts.length).toBe(3);
  });

  test("a proposal that does not pass is sent back with what is wrong, and a review that never passes yields none", async () => {
    const seen: string[] = [];
    const check = async (files: ReadonlyMap<string, Uint8Array>) => {
      const passed = new TextDecoder().decode(files.get("hooks.ts")).includes("GO");
      seen.push(String(passed));
      return { passed, text: passed ? "" : "types: not good" };
    };
    const { parts, end } = await whole(freshFolder(), {
      proposals: { r1a1c0: [worse, worse, worse], r1a2c0: [worse, better] },
      settings: { attempts: 2, report: "never", review: { mends: 2 } },
      check,
    });
    expect(end.withoutRevision).toEqual([
      expect.objectContaining({
        key: "r1a1c0",
        code: "not-passed",
        reason: expect.stringContaining("types: not good"),
      }),
    ]);
    const verdict = await parts.store.records.get(end.verdicts[0]!, "automem.verdict/1");
    const revision = await parts.store.records.get(verdict.revision, "automem.revision/1");
    expect([revision.key, revision.mends]).toEqual(["r1a2c0", 1]);
    expect(seen).toEqual(["false", "false", "false", "false", "true"]);
  });

  test("the package under review, and one that was tried, are sent back without an episode", async () => {
    const { parts, end } = await whole(freshFolder(), {
      proposals: { r1a1c0: [packageSaying("as you like"), worse], r1a2c0: [worse, worse] },
      settings: { attempts: 2, review: { mends: 1 } },
    });
    expect(end.verdicts.length).toBe(1);
    expect(end.withoutRevision[0]).toMatchObject({ key: "r1a2c0", reason: expect.stringContaining("revision r1a1c0") });
    const back = parts.happenings.filter(({ kind }) => kind === "review-sent-back");
    expect(back).toMatchObject([{ key: "r1a1c0", problems: expect.stringContaining("unchanged") }, { key: "r1a2c0" }]);
  });

  test("a reviewer that has nothing left ends the campaign", async () => {
    const exhausted = { kind: "none" as const, code: "exhausted" as const, reason: "all was tried" };
    const { end, parts } = await whole(freshFolder(), {
      proposals: { r1a1c0: [exhausted] },
      settings: { revisions: 5, attempts: 3 },
    });
    expect(end.reason).toBe("reviewer-exhausted");
    expect((parts.reviewer as QueueReviewer).asked).toEqual(["r1a1c0#0"]);
  });
});

describe("seeds", () => {
  test("a scaffold that was accepted plays the confirm seeds again, with other sampling, before the next is held against it", async () => {
    const sampling = { temperature: 1, maxTokens: 512, seed: 0 };
    const settings = { revisions: 2, report: "never" as const, play: playWith({ sampling }) };
    const { parts } = await whole(freshFolder(), {
      proposals: { r1a1c0: [packageSaying("GO and look")], r2a1c0: [better] },
      start: packageSaying("STAY"),
      // What is accepted first does as the prompt's hash says half of the time, so that something better is left.
      model: new (class extends ObedientModel {
        override async chat(...[messages, options]: Parameters<ObedientModel["chat"]>) {
          const reply = await super.chat(messages, options);
          const weak = messages[0]?.content.includes("GO and look") && Number(options.sampling.seed) % 2 === 0;
          return weak ? { ...reply, text: "<|ACTION|>stay<|END|>" } : reply;
        }
      })(),
      settings,
    });
    const first = await parts.log.get("verdict/r1a1c0", v.object({ record: v.string() }));
    const accepted = (await parts.store.records.get(first!.record, "automem.verdict/1")).confirm!.candidate;
    const second = await parts.log.get("verdict/r2a1c0", v.object({ record: v.string() }));
    const again = (await parts.store.records.get(second!.record, "automem.verdict/1")).confirm!.incumbent;
    const [before, after] = [
      await parts.store.records.get(accepted, "automem.evaluation/1"),
      await parts.store.records.get(again, "automem.evaluation/1"),
    ];
    expect(after.scaffold).toBe(before.scaffold);
    expect(after.episodes[0]?.seed).toBe(before.episodes[0]!.seed);
    expect(after.episodes[0]?.record).not.toBe(before.episodes[0]!.record);
  });

  test("a review is shown episodes of select seeds and of no others", async () => {
    const { parts } = await whole(freshFolder(), {
      proposals: { r1a1c0: [better], r2a1c0: [worse], r2a1c1: [packageSaying("STAY here")] },
      settings: { revisions: 2, continuations: 1 },
    });
    const shown = parts.requests.flatMap(({ incumbentEpisodes, failed }) => [
      ...incumbentEpisodes,
      ...(failed?.episodes ?? []),
    ]);
    expect(shown.length).toBeGreaterThan(8);
    for (const { record, seed } of shown) {
      expect(seed >= 200 && seed < 206).toBe(true);
      expect((await parts.store.records.get(record, "automem.episode/1")).seed).toBe(seed);
    }
  });

  test("what reviewers are told of a verdict holds no figure of the confirm seeds", async () => {
    const settings = {
      revisions: 1,
      attempts: 2,
      gate: { kind: "confirm" as const, looks: 4, maximumPairs: 20, alpha: 0.0001 },
    };
    const { parts } = await whole(freshFolder(), {
      proposals: { r1a1c0: [packageSaying("GO"), better], r1a2c0: [worse] },
      start: packageSaying("GO and look"),
      settings,
    });
    for (const { reason } of parts.requests.flatMap(({ history }) => history)) expect(reason).not.toMatch(/p = /);
  });
});

describe("resume", () => {
  test("from any line of the log, the campaign ends in the same record, and no review call or model call is repeated", async () => {
    const options: RingOptions = {
      proposals: { r1a1c0: [worse], r1a1c1: [better] },
      settings: { continuations: 1, gate: { kind: "confirm", looks: 4, maximumPairs: 12 } },
    };
    const folder = freshFolder();
    const first = await whole(folder, options);
    const logPath = first.parts.store.campaigns.logPath(first.parts.campaignId);
    const lines = readFileSync(logPath, "utf8").split("\n").slice(0, -1);
    const uncut = JSON.stringify(first.end);
    for (let kept = 0; kept < lines.length; kept++) {
      const copy = freshFolder();
      cpSync(folder, copy, { recursive: true });
      writeFileSync(
        logPath.replace(folder, copy),
        lines
          .slice(0, kept)
          .map((line) => `${line}\n`)
          .join(""),
      );
      const model = new ObedientModel();
      const again = await whole(copy, { ...options, model });
      expect(JSON.stringify(again.end)).toBe(uncut);
      const reviewer = again.parts.reviewer as QueueReviewer;
      const keptText = lines.slice(0, kept).join("\n");
      for (const call of reviewer.asked) expect(keptText).not.toContain(`review/${call.replace("#", "/call/")}"`);
      // Runs whose name is in the log are whole on disk: nothing is played again.
      const named = lines.slice(0, kept).filter((line) => line.includes('/run"')).length;
      if (named === lines.filter((line) => line.includes('/run"')).length) expect(model.answered).toEqual([]);
    }
  });

  test("a stop in the middle of play loses nothing", async () => {
    const options: RingOptions = { proposals: { r1a1c0: [better] } };
    const uncut = await whole(freshFolder(), options);
    const folder = freshFolder();
    const stop = new AbortController();
    let calls = 0;
    const model = new (class extends ObedientModel {
      override async chat(...args: Parameters<ObedientModel["chat"]>) {
        if (++calls === 60) stop.abort();
        return super.chat(...args);
      }
    })();
    await expect(whole(folder, { ...options, model, signal: stop.signal })).rejects.toMatchObject({ code: "stopped" });
    const again = await whole(folder, options);
    expect(JSON.stringify(again.end)).toBe(JSON.stringify(uncut.end));
    expect(model.answered.length + again.parts.model.answered.length).toBe(uncut.parts.model.answered.length);
  });
});

describe("a budget", () => {
  test("of episodes ends the work before the step that does not fit, and a larger one goes on", async () => {
    const folder = freshFolder();
    const options: RingOptions = { proposals: { r1a1c0: [better] }, settings: { report: "never" } };
    const small = { ...options, settings: { ...options.settings, budget: { episodes: 8 } } };
    await expect(whole(folder, small)).rejects.toMatchObject({ code: "campaign-budget" });
    const again = await whole(folder, options);
    expect(again.end.scaffold).not.toBe(again.parts.start.hash);
    expect(again.spent.episodes).toBeGreaterThan(8);
  });

  test("of tokens counts what earlier processes spent", async () => {
    const folder = freshFolder();
    const options: RingOptions = { proposals: { r1a1c0: [better] }, settings: { report: "never" } };
    const { spent } = await whole(freshFolder(), options);
    const half = { ...options, settings: { ...options.settings, budget: { tokens: Math.floor(spent.tokens / 2) } } };
    await expect(whole(folder, half)).rejects.toMatchObject({ code: "campaign-budget" });
    await expect(whole(folder, half)).rejects.toMatchObject({ code: "campaign-budget" });
    const again = await whole(folder, options);
    expect(again.spent.tokens).toBe(spent.tokens);
  });
});
