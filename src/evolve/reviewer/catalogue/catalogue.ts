/**
 * The reviewer without a model: reads the figures, takes the untried change whose symptom is strongest, and puts it around the package it was
 * given. Deterministic and free; the baseline that a reviewer with a model must beat.
 */
import { hashJson } from "../../../core/hash.ts";
import type { Json } from "../../../core/json.ts";
import { checkPackage } from "../../../scaffold/package-files.ts";
import type { EvidenceEpisode } from "../../evidence/evidence-folder.ts";
import type { Reviewer, ReviewOutcome, ReviewSession, ReviewSpending, ReviewTask } from "../reviewer.ts";
import { allChanges } from "./all-changes.ts";
import { analysisText, type Diagnosis, methodText } from "./analysis.ts";
import { applyChange, hasChange } from "./apply-change.ts";
import type { CatalogueChange } from "./change.ts";
import { partTexts } from "./part-texts.js";
import { totalsOf } from "./symptoms.ts";

/** A weaker symptom calls for nothing. */
const weakest = 0.05;

export function catalogueReviewer(changes: readonly CatalogueChange[] = allChanges): Reviewer {
  return {
    identity: {
      name: "catalogue",
      details: { changes: changes.map(({ name }) => name), parts: hashJson(partTexts) },
    },
    open: async (task) => new CatalogueSession(task, changes),
    close: async () => undefined,
  };
}

class CatalogueSession implements ReviewSession {
  readonly #task: ReviewTask;
  readonly #changes: readonly CatalogueChange[];
  readonly #transcript: Json[] = [];
  /** Handed in during this review. */
  readonly #proposed = new Set<string>();

  constructor(task: ReviewTask, changes: readonly CatalogueChange[]) {
    this.#task = task;
    this.#changes = changes;
  }

  async propose(): Promise<ReviewOutcome> {
    const { start, history } = this.#task;
    const tried = new Set([...history.map(({ structuralChange }) => structuralChange.name), ...this.#proposed]);
    const untried = this.#changes.filter((change) => !tried.has(change.name) && !hasChange(start, change));
    const episodes = this.#episodes();
    const totals = totalsOf(episodes);
    const [best, ...others] = diagnoses(untried, episodes);
    this.#transcript.push({
      untried: untried.map(({ name }) => name),
      totals: { ...totals },
      calledFor: [best, ...others].flatMap((each) =>
        each ? [{ name: each.change.name, strength: each.symptom.strength }] : [],
      ),
    });
    if (best === undefined)
      return nothing(
        untried.length,
        episodes.some(({ role }) => role === "failed"),
      );
    const { change } = best;
    this.#proposed.add(change.name);
    this.#task.onProgress?.(`${change.name}: ${best.symptom.found}`);
    const files = applyChange(start, change);
    const { manifest, texts } = checkPackage(files);
    return {
      kind: "proposal",
      proposal: {
        files,
        structuralChange: { name: change.name, description: change.description },
        analysis: analysisText(best, others, totals, episodes),
        method: methodText(texts.get("NOTES.md"), manifest.name),
      },
    };
  }

  /** A change that does not pass on this package cannot be mended by rules: the next one is tried. */
  async mend(problems: string): Promise<ReviewOutcome> {
    this.#transcript.push({ problems });
    return this.propose();
  }

  transcript(): readonly Json[] {
    return this.#transcript;
  }

  spent(): ReviewSpending {
    return { calls: 0, promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  /** In a continuation, those of the revision that failed; else the incumbent's. */
  #episodes(): readonly EvidenceEpisode[] {
    const { episodes } = this.#task.evidence;
    const failed = episodes.filter(({ role }) => role === "failed");
    return failed.length > 0 ? failed : episodes;
  }
}

/** The changes that are called for, strongest first; in the catalogue's order among equals. */
export function diagnoses(changes: readonly CatalogueChange[], episodes: readonly EvidenceEpisode[]): Diagnosis[] {
  const totals = totalsOf(episodes);
  return changes
    .flatMap((change): Diagnosis[] => {
      const symptom = change.symptom(totals, episodes);
      return symptom === undefined || symptom.strength < weakest ? [] : [{ change, symptom }];
    })
    .sort((one, other) => other.symptom.strength - one.symptom.strength);
}

/** In a continuation the incumbent's own figures may still call for something: only a fresh attempt can end a campaign. */
function nothing(untried: number, isContinuation: boolean): ReviewOutcome {
  if (untried === 0) return { kind: "none", code: "exhausted", reason: "Every change of the catalogue was tried." };
  const reason = `None of the ${untried} changes that are left is called for by the figures.`;
  return { kind: "none", code: isContinuation ? "no-proposal" : "exhausted", reason };
}
