/** The catalogue as a reviewer: the strongest untried change, the same each time, and an end. */
import { describe, expect, test } from "bun:test";
import type { EvidenceEpisode } from "../../../../src/evolve/evidence/evidence-folder.ts";
import { allChanges } from "../../../../src/evolve/reviewer/catalogue/all-changes.ts";
import { hasChange } from "../../../../src/evolve/reviewer/catalogue/apply-change.ts";
import { catalogueReviewer, diagnoses } from "../../../../src/evolve/reviewer/catalogue/catalogue.ts";
import type { Proposal, ReviewOutcome, ReviewTask } from "../../../../src/evolve/reviewer/reviewer.ts";
import type { TriedRevision } from "../../../../src/evolve/tried-revision.ts";
import { EpisodeCounter } from "../../../../src/metrics/episode-counter.ts";
import { checkPackage, type PackageFiles } from "../../../../src/scaffold/package-files.ts";
import { shipped } from "./shipped.ts";

type Trouble = EvidenceEpisode["trouble"];

const noTrouble: Trouble = {
  stillStretches: [],
  unusedFiles: [],
  emptySearches: [],
  redundantWrites: [],
  lostFacts: [],
  counts: { stillSteps: 0, emptySearches: 0, redundantWrites: 0, lostFacts: 0 },
};

/** An episode of a hundred steps in which nothing is wrong but what is given. */
function episodeOf(
  figures: Partial<EvidenceEpisode["figures"]> = {},
  trouble: Partial<Trouble> = {},
  seed = 1,
): EvidenceEpisode {
  const well = {
    steps: 100,
    actions: 100,
    writes: 50,
    searches: 100,
    writtenLines: 50,
    seededCharacters: 500,
    finalCharacters: 3_000,
  };
  return {
    folder: `episodes/incumbent/default-s${seed}`,
    role: "incumbent",
    task: "default",
    seed,
    steps: 100,
    progress: 0.5,
    figures: { ...new EpisodeCounter().figures(), ...well, ...figures },
    trouble: { ...noTrouble, ...trouble },
  };
}

function lost(kind: "not-stored" | "not-found", count: number): Partial<Trouble> {
  const lostFacts = Array.from({ length: count }, (_, at) => ({
    step: 60 + at,
    fact: `fact ${at}`,
    kind,
    seenAtStep: at,
  }));
  return { lostFacts, counts: { ...noTrouble.counts, lostFacts: count } };
}

async function taskOf(episodes: EvidenceEpisode[], changes: Partial<ReviewTask> = {}): Promise<ReviewTask> {
  return {
    key: "r1a1c0",
    evidence: { path: "/nowhere", episodes, list: async () => [], read: never, search: never },
    start: await shipped("base"),
    brief: "",
    history: [],
    check: never,
    replay: never,
    log: { once: never, has: () => false },
    scratch: "/nowhere",
    limits: { turns: 1, seconds: 1 },
    signal: new AbortController().signal,
    ...changes,
  };
}

function never(): never {
  throw new Error("the catalogue asks for nothing");
}

function tried(name: string): TriedRevision {
  return { structuralChange: { name, description: "" } } as TriedRevision;
}

async function proposed(task: ReviewTask): Promise<Proposal> {
  const outcome = await (await catalogueReviewer().open(task)).propose();
  if (outcome.kind !== "proposal") throw new Error(outcome.reason);
  return outcome.proposal;
}

/** Kinds of trouble, and the change that answers them. */
const answers: [string, EvidenceEpisode, string][] = [
  ["facts that were never stored", episodeOf({}, lost("not-stored", 4)), "form for what is new"],
  ["a model that writes nothing", episodeOf({ writes: 0, writtenLines: 0 }), "form for what is new"],
  ["facts that were stored and not found", episodeOf({}, lost("not-found", 4)), "recall by rare words"],
  ["notes that nobody reads", episodeOf({ searches: 0 }, { unusedFiles: ["a", "b", "c"] }), "newest notes in PLAN"],
  [
    "searches in the wrong file",
    episodeOf(
      {},
      { emptySearches: [1, 2, 3].map((step) => ({ step, file: "a.txt", keyword: "door", storedIn: "b.txt" })) },
    ),
    "index of the files",
  ],
  ["going back and forth", episodeOf({ oscillatingActions: 60 }), "warning when stuck"],
  ["doing the same without effect", episodeOf({ unchangedActions: 70 }), "gate on useless repetition"],
  ["writing the same again", episodeOf({ redundantLines: 40 }), "no line twice"],
  ["actions that the game does not know", episodeOf({ invalidActions: 40 }), "seeded rules of the game"],
  ["a memory too large", episodeOf({ finalCharacters: 100_000, writtenLines: 1_000 }), "pruning of long files"],
  [
    "slips of form",
    episodeOf({
      log: { ...new EpisodeCounter().figures().log, calls: 100, formatFailures: { "unknown-operation": 60 } },
    }),
    "form of the notes",
  ],
];

describe("the change that is proposed", () => {
  for (const [trouble, episode, expected] of answers) {
    test(`${trouble}: ${expected}`, async () => {
      const { structuralChange, files, analysis, method } = await proposed(await taskOf([episode]));
      expect(structuralChange.name).toBe(expected);
      const change = allChanges.find(({ name }) => name === expected)!;
      expect(hasChange(files, change)).toBe(true);
      expect(analysis).toContain(`## Why "${expected}"`);
      for (const question of ["Used?", "Accurate?", "Does it change actions?", "What is missing?", "Organised?"]) {
        expect(analysis).toContain(question);
      }
      expect(method).toContain(change.method);
    });
  }

  test("is shown with figures and steps, and is the same each time", async () => {
    const task = await taskOf([episodeOf({}, lost("not-stored", 3)), episodeOf({}, lost("not-stored", 1), 2)]);
    const [one, two] = [await proposed(task), await proposed(task)];
    expect(one.analysis).toContain(
      "4 facts were seen, needed later, and stood nowhere; the model wrote 100 times in 200 steps.",
    );
    expect(one.analysis).toContain(
      '- default-s1, step 60: "fact 0", seen at step 0, was not stored\n- default-s2, step 60',
    );
    expect(one.analysis).toBe(two.analysis);
    expect(checkPackage(one.files).hash).toBe(checkPackage(two.files).hash);
  });

  test("is the next one where the strongest was tried, stands in the package, or did not pass", async () => {
    const episodes = [episodeOf({}, lost("not-stored", 4))];
    const first = await proposed(await taskOf(episodes));
    const second = await proposed(await taskOf(episodes, { history: [tried(first.structuralChange.name)] }));
    expect(second.structuralChange.name).not.toBe(first.structuralChange.name);
    const onTop = await proposed(await taskOf(episodes, { start: first.files }));
    expect(onTop.structuralChange.name).toBe(second.structuralChange.name);
    expect(checkPackage(onTop.files).manifest).toMatchObject({ version: "0.3.0", entry: "revised-2.ts" });
    const session = await catalogueReviewer().open(await taskOf(episodes));
    await session.propose();
    expect(await session.mend("hooks: failed")).toMatchObject({
      proposal: { structuralChange: second.structuralChange },
    });
    expect(session.transcript()).toContainEqual({ problems: "hooks: failed" });
    expect(session.spent()).toEqual({ calls: 0, promptTokens: 0, cachedTokens: 0, generatedTokens: 0 });
  });

  test("follows the failed episodes in a continuation", async () => {
    const failed: EvidenceEpisode = { ...episodeOf({ oscillatingActions: 80 }), role: "failed" };
    const { structuralChange } = await proposed(await taskOf([episodeOf({}, lost("not-stored", 9)), failed]));
    expect(structuralChange.name).toBe("warning when stuck");
  });
});

describe("the end of the catalogue", () => {
  const codeOf = (outcome: ReviewOutcome) => (outcome.kind === "none" ? outcome.code : outcome.kind);

  test("comes when nothing is called for, or all was tried; a continuation alone does not end it", async () => {
    const well = await taskOf([episodeOf()]);
    const nothing = await (await catalogueReviewer().open(well)).propose();
    expect(nothing).toMatchObject({
      code: "exhausted",
      reason: "None of the 11 changes that are left is called for by the figures.",
    });
    const all = await taskOf([episodeOf({}, lost("not-found", 4))], {
      history: allChanges.map(({ name }) => tried(name)),
    });
    expect(await (await catalogueReviewer().open(all)).propose()).toMatchObject({
      code: "exhausted",
      reason: "Every change of the catalogue was tried.",
    });
    const continued = await taskOf([{ ...episodeOf(), role: "failed" }]);
    expect(codeOf(await (await catalogueReviewer().open(continued)).propose())).toBe("no-proposal");
  });

  test("is reached after each change at most once, whatever is wrong", async () => {
    const bad = episodeOf(
      {
        oscillatingActions: 50,
        unchangedActions: 50,
        invalidActions: 50,
        redundantLines: 40,
        searches: 0,
        finalCharacters: 90_000,
      },
      { ...lost("not-stored", 5), unusedFiles: ["a", "b"] },
    );
    let start: PackageFiles = await shipped("base");
    const names: string[] = [];
    for (let round = 0; round < 20; round++) {
      const outcome = await (await catalogueReviewer().open(await taskOf([bad], { start }))).propose();
      if (outcome.kind === "none") break;
      names.push(outcome.proposal.structuralChange.name);
      start = outcome.proposal.files;
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(7);
  });

  test("episodes without a step call for nothing that cannot be told", () => {
    const empty = { ...episodeOf(), steps: 0, figures: new EpisodeCounter().figures() };
    for (const { symptom } of diagnoses(allChanges, [empty])) {
      expect(symptom.strength).toBeGreaterThan(0);
      expect(symptom.strength).toBeLessThanOrEqual(1);
    }
    expect(diagnoses(allChanges, [])).toBeArray();
  });
});
