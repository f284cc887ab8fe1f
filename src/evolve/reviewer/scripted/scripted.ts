/** The `scripted` reviewer: answers from a file, by the key of the review. For tests and dry runs; reads no evidence. */
import type { Json } from "../../../core/json.ts";
import type { PackageFiles } from "../../../scaffold/package-files.ts";
import type { Reviewer, ReviewOutcome, ReviewSession, ReviewTask } from "../reviewer.ts";
import { type LoadedScript, loadReviewScript, type ScriptedAnswer } from "./script.ts";

/** Named `scripted:` and the path. A review that the script does not name finds nothing (`exhausted`). Throws as `loadReviewScript`. */
export async function createScriptedReviewer(path: string): Promise<Reviewer> {
  const script = await loadReviewScript(path);
  return {
    identity: { name: `scripted:${path}`, details: { digest: script.digest } },
    open: async (task) => openSession(script, task),
    close: async () => undefined,
  };
}

function openSession(script: LoadedScript, task: ReviewTask): ReviewSession {
  const answers = script.reviews.get(task.key) ?? script.reviews.get("*") ?? [];
  const transcript: Json[] = [];
  const next = async (problems?: string): Promise<ReviewOutcome> => {
    const answer = answers[Math.min(transcript.length, answers.length - 1)];
    transcript.push({ answer: transcript.length, problems: problems ?? null });
    return answer === undefined ? exhausted(task.key) : outcomeOf(answer, script, task.start);
  };
  return {
    propose: () => next(),
    mend: next,
    transcript: () => transcript,
    spent: () => ({ calls: 0, promptTokens: 0, cachedTokens: 0, generatedTokens: 0 }),
    close: async () => undefined,
  };
}

function outcomeOf(answer: ScriptedAnswer, { packages }: LoadedScript, start: PackageFiles): ReviewOutcome {
  if ("none" in answer) return { kind: "none", code: answer.none, reason: answer.reason };
  const files = new Map(answer.package === undefined ? start : packages.get(answer.package));
  const encoder = new TextEncoder();
  for (const [path, text] of Object.entries(answer.write)) files.set(path, encoder.encode(text));
  for (const path of answer.remove) files.delete(path);
  const { structuralChange, analysis, method } = answer;
  return { kind: "proposal", proposal: { files, structuralChange, analysis, method } };
}

function exhausted(key: string): ReviewOutcome {
  return { kind: "none", code: "exhausted", reason: `The script has no answer for the review ${key}.` };
}
