/** A campaign with the compiled binary, courier and the reviewer that needs no model: killed, resumed, accepted, looked at, used. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { finished, missing, Sandbox, titled } from "./automem.ts";
import { rememberingScript } from "./courier-script.ts";

const absent = missing("courier");
const minute = 60_000;

interface Overview {
  id: string;
  state: string;
  best: string;
  accepted: string[];
  nodes: { key: string; change?: string; outcome: string }[];
  spent: { episodes: number };
  report?: { start: number; final: number; difference: number };
}

describe.skipIf(absent !== undefined)(titled("evolve with the catalogue", absent), () => {
  let box: Sandbox;
  beforeEach(async () => {
    box = await Sandbox.make({ prepared: true });
  });
  afterEach(() => box.remove());

  const words = async (): Promise<string[]> => {
    const script = await box.write("remember.json", rememberingScript());
    const size = ["--revisions", "1", "--attempts", "2", "--select-seeds", "3", "--confirm-pairs", "12"];
    return ["evolve", "courier", "--task", "tiny", "--model", `scripted:${script}`, ...size, "--parallel", "2"];
  };

  /** SIGKILL when the campaign tells of something like that. */
  const killAt = async (words: readonly string[], pattern: RegExp) => {
    const child = box.start([...words, "--json"]);
    let said = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout as unknown as AsyncIterable<Uint8Array>) {
      said += decoder.decode(chunk, { stream: true });
      if (pattern.test(said)) break;
    }
    child.kill("SIGKILL");
    await child.exited;
    return said;
  };

  test(
    "a player that stores and never looks is given recall, killed three times on the way, and the gain is confirmed and reported",
    async () => {
      const campaign = await words();
      const dry = await box.run(...campaign, "--dry-run");
      expect(dry.stdout).toContain("Forecast: 3 to");
      expect(JSON.parse((await box.run("list", "--campaigns", "--json")).stdout)).toEqual([]);

      await killAt(campaign, /"kind":"episode-end"/);
      await killAt(["resume", "last"], /"kind":"review-end"/);
      await killAt(["resume", "last"], /"phase":"confirm","key":"r1a1c0","event":\{[^\n]*"kind":"episode-end"/);
      const rest = await finished(box.start(["resume", "last"]));
      expect(rest.stderr).not.toContain("bug");
      expect(rest.exitCode).toBe(0);
      expect(rest.stdout).toContain("ACCEPTED");
      expect(rest.stdout).toContain("Report seeds, opened once");

      const overview = JSON.parse((await box.run("show", "last", "--json")).stdout) as Overview;
      expect(overview.state).toBe("all-revisions-done");
      expect(overview.accepted).toEqual(["r1a1c0"]);
      expect(overview.report?.difference).toBeGreaterThan(0.3);
      // Every play and every review once: 3 + 3 select, 8 or 12 confirm and 10 report episodes for each side.
      expect([3 + 3 + 16 + 20, 3 + 3 + 24 + 20]).toContain(overview.spent.episodes);
      const reviews = overview.nodes.map(({ key }) => key);
      expect(new Set(reviews).size).toBe(reviews.length);

      const [listed] = JSON.parse((await box.run("list", "--campaigns", "--json")).stdout) as {
        gain: { seeds: string; difference: number; pairs: number };
      }[];
      expect(listed?.gain).toMatchObject({ seeds: "report", difference: overview.report!.difference, pairs: 10 });

      const revision = (await box.run("show", "last/r1a1c0")).stdout;
      expect(revision).toContain("Analysis");
      expect(revision).toContain("+++ b/");
      const best = `scaffold/${overview.id}/best`;
      const exported = await box.run("scaffold", "export", best, `${box.folder}/best`);
      expect(exported.exitCode).toBe(0);
      const used = await box.run(
        ...["run", "courier", "--task", "tiny", "--model", campaign[5]!, "--scaffold", best, "--seeds", "77"],
      );
      expect(used.stdout).toContain("1 of 1 episodes finished");
      expect(used.stdout).not.toContain("score 0.0 %");
      const checked = await box.run("store", "fsck");
      expect(checked.stdout).toContain("1 campaigns.");
      expect(checked.exitCode).toBe(0);
    },
    4 * minute,
  );

  test(
    "a budget halts it with 1 and says how to go on; wrong settings end with 2 before anything is recorded",
    async () => {
      const campaign = await words();
      const halted = await box.run(...campaign, "--budget-episodes", "4");
      expect(halted.exitCode).toBe(1);
      expect(halted.stderr).toContain("The budget of 4 episodes has 1 left");
      expect(halted.stdout).toContain("automem resume courier-evolve-");
      for (const [flags, reason] of [
        [["--reviewer", "oracle"], 'no reviewer "oracle"'],
        [["--confirm-pairs", "61"], "there are 60"],
        [["--select-seeds", "21"], "has 20"],
        [["--scaffold", "nothing"], 'no scaffold "nothing"'],
      ] as const) {
        const wrong = await box.run(...campaign, ...flags);
        expect(wrong.stderr).toContain(reason);
        expect(wrong.exitCode).toBe(2);
      }
      expect(JSON.parse((await box.run("list", "--campaigns", "--json")).stdout).length).toBe(1);
    },
    2 * minute,
  );
});
