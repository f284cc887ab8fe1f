/**
 * The command reviewer with stand-in programs, honest and hostile, without a jail and, where bubblewrap works, in one.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCommandReviewer } from "../../../../src/evolve/reviewer/command/command.ts";
import type { ReviewTask } from "../../../../src/evolve/reviewer/reviewer.ts";
import { systemClock } from "../../../../src/platform/clock.ts";
import { findJail, type Jail } from "../../../../src/platform/jail.ts";
import { faultOf } from "../../../inference/support.ts";
import { evidenceOf, mapLog, proposalOf, reviewTask, textsOf } from "../support.ts";

const root = mkdtempSync(join(tmpdir(), "automem-command-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const PATH = "/usr/bin:/bin";
const references = new Map([["scaffolds.md", "# Scaffolds"]]);
const noJail: Jail = { kind: "none", reason: "not in this test" };
const found = await findJail();

/** Leaves a whole result. */
const results = `
printf 'Used? No.' > result/analysis.md
printf 'Places.' > result/method.md
printf '{"name":"places","description":"A file of places."}' > result/change.json`;

interface Place {
  /** The campaign's folder: evidence, seeds and the review's scratch stand in it. */
  campaign: string;
  program: string;
  task: ReviewTask;
}

/** A campaign's folder as it is on disk, with a stand-in program. */
async function place(script: string, overrides: Partial<ReviewTask> = {}): Promise<Place> {
  const campaign = mkdtempSync(join(root, "campaign-"));
  const evidence = join(campaign, "r1a1c0", "evidence");
  const scratch = join(campaign, "r1a1c0", "scratch");
  await mkdir(evidence, { recursive: true });
  await mkdir(scratch);
  await writeFile(join(evidence, "index.md"), "one episode\n");
  await mkdir(join(campaign, "seeds"));
  await writeFile(join(campaign, "seeds", "confirm.json"), "[1, 2]");
  const program = join(campaign, "stand-in.sh");
  await writeFile(program, `#!/bin/bash\n${script}\n`);
  await chmod(program, 0o755);
  return { campaign, program, task: reviewTask({ evidence: evidenceOf({}, evidence), scratch, ...overrides }) };
}

async function open({ program, task }: Place, jail: Jail, settings = {}, environment: Record<string, string> = {}) {
  const reviewer = await createCommandReviewer({
    name: `command:${program}`,
    references,
    clock: systemClock,
    environment: { PATH, ...environment },
    settings,
    jail,
  });
  return { reviewer, session: await reviewer.open(task) };
}

async function propose(script: string, jail: Jail, overrides: Partial<ReviewTask> = {}) {
  const at = await place(script, overrides);
  const { session } = await open(at, jail);
  return { ...at, session, outcome: await session.propose() };
}

for (const [where, jail] of [
  ["without a jail", noJail],
  ["in a jail", found],
] as const) {
  if (where === "in a jail" && jail.kind === "none") {
    test.skip(`in a jail: ${jail.reason}`, () => undefined);
    continue;
  }

  describe(`${where}, an honest program`, () => {
    test("finds the brief, the evidence, the references and the package, and its work comes back", async () => {
      const script = `cat brief.md CLAUDE.md evidence/index.md reference/scaffolds.md > package/seen.md || exit 9
cmp CLAUDE.md AGENTS.md && [ ! -e problems.md ] || exit 8
sed -i 's/"plan"/"plan well"/' package/hooks.ts${results}`;
      const { outcome } = await propose(script, jail);
      const { files, structuralChange, analysis, method } = proposalOf(outcome);
      const texts = textsOf(files);
      expect(texts["hooks.ts"]).toContain("plan well");
      expect(texts["seen.md"]).toContain("Improve the scaffold.");
      expect(texts["seen.md"]).toContain("one episode\n# Scaffolds");
      expect([structuralChange.name, analysis, method]).toEqual(["places", "Used? No.", "Places."]);
    });

    test("is run again with the problems and what it had left", async () => {
      const script = `if [ -e problems.md ]; then cp problems.md package/problems.md; cat result/change.json >> package/problems.md; fi
printf x >> package/runs.txt${results}`;
      const { session } = await propose(script, jail);
      const { files } = proposalOf(await session.mend("hooks.ts: too slow"));
      const texts = textsOf(files);
      expect(texts["runs.txt"]).toBe("xx");
      expect(texts["problems.md"]).toBe('hooks.ts: too slow{"name":"places","description":"A file of places."}');
    });

    test("is not run again by a campaign that was killed", async () => {
      const log = mapLog();
      const at = await place(`printf '%s' "$RANDOM$RANDOM" > package/chance.txt${results}`, { log });
      const first = proposalOf(await (await open(at, jail)).session.propose());
      const second = proposalOf(await (await open(at, jail)).session.propose());
      expect(textsOf(second.files)).toEqual(textsOf(first.files));
      expect(log.started).toEqual(["run-1"]);
    });

    test("may say what it used", async () => {
      const usage = { calls: 3, promptTokens: 100, cachedTokens: 40, generatedTokens: 20 };
      const { session } = await propose(`echo '${JSON.stringify(usage)}' > result/usage.json${results}`, jail);
      expect(session.spent()).toEqual(usage);
      expect(session.transcript()).toHaveLength(1);
    });

    test("leaves nothing behind when the review is closed", async () => {
      const { session, task } = await propose(`echo x > elsewhere.txt${results}`, jail);
      await session.close();
      expect(await readdir(task.scratch)).toEqual([]);
    });

    test("has the variables that are named and no others", async () => {
      const at = await place(`env | sort > package/env.txt; echo "key is $MY_KEY"${results}`);
      const lines: string[] = [];
      const task = { ...at.task, onProgress: (line: string) => void lines.push(line) };
      const environment = { MY_KEY: "secret-key-1", OTHER_KEY: "secret-key-2" };
      const { session, reviewer } = await open(
        { ...at, task },
        jail,
        { environment: ["MY_KEY", "NOT_SET"] },
        environment,
      );
      const shown = textsOf(proposalOf(await session.propose()).files)["env.txt"] as string;
      const names = shown
        .trim()
        .split("\n")
        .map((line) => line.replace(/=.*/, ""));
      const shells = ["PWD", "SHLVL", "_", "OLDPWD"];
      expect(names.filter((name) => !shells.includes(name))).toEqual([
        "AUTOMEM_REVIEW_KEY",
        "AUTOMEM_REVIEW_SECONDS",
        "AUTOMEM_REVIEW_TURNS",
        "HOME",
        "LANG",
        "MY_KEY",
        "PATH",
        "TERM",
        "TMPDIR",
      ]);
      expect(lines).toEqual(["key is (hidden)"]);
      expect(reviewer.identity.details.environment).toEqual(["MY_KEY"]);
      expect(JSON.stringify(reviewer.identity)).not.toContain("secret");
    });
  });

  describe(`${where}, a review comes to nothing`, () => {
    test.each([
      [
        "when the program fails, with its last lines",
        "echo 'out of credit' >&2; exit 3",
        "no-proposal",
        /ended with code 3.*out of credit/s,
      ],
      [
        "when it leaves no texts",
        "true",
        "no-proposal",
        /no result\/analysis.md, no result\/method.md, no result\/change.json/,
      ],
      ["when one text is blank", `${results}\necho > result/method.md`, "no-proposal", /no result\/method.md/],
      [
        "when the change is no JSON",
        `${results}\necho '{' > result/change.json`,
        "no-proposal",
        /change.json is not JSON/,
      ],
      [
        "when the change has no name",
        `${results}\necho '{"name":""}' > result/change.json`,
        "no-proposal",
        /change.json: name/,
      ],
    ])("%s", async (_, script, code, reason) => {
      const { outcome } = await propose(script, jail);
      expect(outcome).toMatchObject({ kind: "none", code, reason: expect.stringMatching(reason) });
    });

    test("when its time is up, whatever it has left by then, and is not run again", async () => {
      const log = mapLog();
      const limits = { turns: 5, seconds: 1 };
      const { outcome, session } = await propose(`${results}\nsleep 1000`, jail, { log, limits });
      expect(outcome).toMatchObject({ kind: "none", code: "out-of-time" });
      expect(await session.mend("again")).toMatchObject({ kind: "none", code: "out-of-time" });
      const again = await open(await place("exit 1", { log, limits }), jail);
      expect(await again.session.propose()).toMatchObject({ kind: "none", code: "out-of-time" });
    });

    test("a program that was stopped is owed", async () => {
      const log = mapLog();
      const controller = new AbortController();
      const at = await place("echo started; sleep 1000", {
        log,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      const { session } = await open(at, jail);
      expect((await faultOf(session.propose())).code).toBe("cancelled");
      expect(log.kept.size).toBe(0);
    });

    test("what was named as a key does not stand in the reason", async () => {
      const at = await place('echo "bad key $MY_KEY" >&2; exit 1');
      const { session } = await open(at, jail, { environment: ["MY_KEY"] }, { MY_KEY: "secret-key-1" });
      const outcome = await session.propose();
      expect(JSON.stringify(outcome)).toContain("bad key (hidden)");
    });
  });

  describe(`${where}, a hostile program`, () => {
    test.each([
      [
        "a link to a file of this machine",
        "ln -s /etc/passwd package/places.md",
        /package\/places.md is a symbolic link/,
      ],
      ["a link to a folder", "ln -s /etc package/etc", /package\/etc is a symbolic link/],
      [
        "a link in place of the package",
        "rm -rf package/* && mkdir -p x && ln -s /etc package/x",
        /package\/x is a symbolic link/,
      ],
      [
        "a link among the texts",
        "rm result/method.md; ln -s /etc/passwd result/method.md",
        /result\/method.md is a symbolic link/,
      ],
      ["a hard link", "ln package/hooks.ts package/twin.ts", /package\/\w+.ts is a hard link/],
      ["a pipe", "mkfifo package/pipe", /package\/pipe is not a plain file/],
      ["a huge file", "truncate -s 5G package/huge.md", /package\/huge.md has 5368709120 bytes; 262144 at most/],
      ["a huge text", "truncate -s 5G result/analysis.md", /result\/analysis.md has 5368709120 bytes/],
      ["very many files", "mkdir package/many; for i in {1..300}; do : > package/many/$i; done", /more than 200 files/],
      [
        "very much in many files",
        "for i in {1..12}; do head -c 250000 /dev/zero > package/$i.md; done",
        /more than 2097152 bytes/,
      ],
      ["very deep folders", 'mkdir -p "package/$(printf "d/%.0s" {1..40})"', /deeper than 20 folders/],
      ["what is no text", "head -c 100 /dev/zero | tr '\\0' '\\377' > package/noise.md", /noise.md is not UTF-8 text/],
    ])("that leaves %s has nothing taken back, and the reason says so", async (_, script, reason) => {
      const { outcome } = await propose(`${results}\n${script}`, jail);
      expect(outcome).toMatchObject({ kind: "none", code: "no-proposal", reason: expect.stringMatching(reason) });
    });

    test("cannot change the evidence", async () => {
      const script = `chmod -R u+w evidence; echo lies > evidence/index.md; rm -rf evidence; mkdir -p evidence; echo lies > evidence/index.md; true${results}`;
      const { task, outcome } = await propose(script, jail);
      expect(outcome.kind).toBe("proposal");
      expect(await readFile(join(task.evidence.path, "index.md"), "utf8")).toBe("one episode\n");
      expect(await readdir(task.evidence.path)).toEqual(["index.md"]);
    });

    test("gets nothing back but the package: an evaluator, seeds and a verdict beside it are thrown away", async () => {
      const script = `mkdir -p seeds evaluator; echo '[7]' > seeds/confirm.json; echo 'exit 0' > evaluator/run.sh
echo '{"verdict":"accepted"}' > result/verdict.json; echo mean=1.0 > brief.md; true${results}`;
      const { outcome } = await propose(script, jail);
      const proposal = proposalOf(outcome);
      expect(Object.keys(textsOf(proposal.files)).sort()).toEqual(["hooks.ts", "scaffold.json"]);
      expect(Object.keys(proposal).sort()).toEqual(["analysis", "files", "method", "structuralChange"]);
    });

    test("is not there any more when its work is read", async () => {
      const { campaign, outcome } = await propose(
        `(while :; do echo late > package/late.md; sleep 0.01; done >/dev/null 2>&1) & ${results}`,
        jail,
      );
      expect(outcome.kind).toBe("proposal");
      const processes = await readdir("/proc").catch(() => []);
      const texts = await Promise.all(
        processes
          .filter((name) => /^\d+$/.test(name))
          .map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
      );
      expect(texts.filter((text) => text.includes(campaign))).toEqual([]);
    });
  });
}

if (found.kind !== "none") {
  describe("in a jail only", () => {
    test("a program can neither see nor change what lies around its folder", async () => {
      const at = await place("");
      const { campaign, task, program } = at;
      await writeFile(
        program,
        `#!/bin/bash
seeds="../seeds ../../seeds ../../../seeds ${campaign}/seeds"
for path in $seeds; do cat $path/confirm.json >> package/stolen.md; done 2>/dev/null
for path in $seeds; do mkdir -p $path; echo '[7]' > $path/confirm.json; done 2>/dev/null
cat ${import.meta.path} >> package/stolen.md 2>/dev/null
exec 3<>/dev/tcp/1.1.1.1/80 && echo online >> package/stolen.md
true${results}
`,
      );
      const { session, reviewer } = await open(at, found);
      const outcome = await session.propose();
      expect(textsOf(proposalOf(outcome).files)["stolen.md"]).toBe("");
      expect(await readFile(join(campaign, "seeds", "confirm.json"), "utf8")).toBe("[1, 2]");
      expect((await readdir(dirname(task.scratch))).sort()).toEqual(["evidence", "scratch"]);
      expect(reviewer.identity.details).toMatchObject({
        jail: expect.stringMatching(/^bubblewrap \d/),
        network: "deny",
      });
    });

    test("the evidence cannot be written, and what is readable besides can be read", async () => {
      const extra = mkdtempSync(join(root, "extra-"));
      await writeFile(join(extra, "lib.txt"), "library");
      const at = await place(
        `cp ${extra}/lib.txt package/; (echo x > evidence/index.md) 2> package/refused.txt; true${results}`,
      );
      const { session } = await open(at, found, { readable: [extra] });
      const texts = textsOf(proposalOf(await session.propose()).files);
      expect(texts["lib.txt"]).toBe("library");
      expect(texts["refused.txt"]).toContain("Read-only file system");
    });
  });
}

describe("opening", () => {
  test("without a jail the identity warns, and a required one is refused", async () => {
    const at = await place("true");
    const { reviewer } = await open(at, noJail);
    expect(reviewer.identity).toMatchObject({
      name: `command:${at.program}`,
      details: { jail: "none", network: "not restricted", warning: expect.stringContaining("not in this test") },
    });
    expect((await faultOf(open(at, noJail, { jail: "required" }))).code).toBe("no-jail");
  });

  test("the program's bytes are part of what it is known by", async () => {
    const at = await place("true");
    const before = (await open(at, noJail)).reviewer.identity;
    await writeFile(at.program, "#!/bin/sh\nexit 1\n");
    expect((await open(at, noJail)).reviewer.identity.details.program).not.toBe(before.details.program);
  });

  test.each([
    ["a program that there is not", "command:no-such-program", {}, "no-program"],
    ["no program", "command:", {}, "bad-command"],
    ["a setting that there is not", "command:true", { shell: true }, "bad-setting"],
    ["a readable path that is relative", "command:true", { readable: ["lib"] }, "bad-setting"],
  ])("%s is refused", async (_, name, settings, code) => {
    const create = createCommandReviewer({
      name,
      references,
      clock: systemClock,
      environment: { PATH },
      settings: settings as object,
      jail: noJail,
    });
    expect((await faultOf(create)).code).toBe(code);
  });
});
