/**
 * What is asked of a reviewer, in the same words for every kind of reviewer. How it looks at things and hands them back is said by each
 * implementation. Source of the five questions and of the rules: arXiv 2607.01224, loop 1; the words are our own.
 */
import type { TriedRevision } from "../tried-revision.ts";

export interface BriefFacts {
  /** Name of the game and the tasks that are played. */
  game: string;
  tasks: readonly string[];
  /** What the game tells a player. */
  gameInstruction?: string | undefined;
  /** Oldest first. */
  history: readonly TriedRevision[];
  /** In a continuation: the revision that failed and is gone on from. Its last entry of `history`, mostly. */
  failed?: TriedRevision | undefined;
}

/** Markdown. Equal facts give equal text. */
export function writeBrief({ game, tasks, gameInstruction, history, failed }: BriefFacts): string {
  const parts = [
    head(game, tasks),
    gameInstruction === undefined || gameInstruction.trim() === ""
      ? ""
      : quoted("The game, as a player is told", gameInstruction),
    howItWorks,
    howToReview,
    whatToChange,
    whatNotToDo,
    whatToReturn,
    triedBefore(history),
    failed === undefined ? "" : continuation(failed),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function head(game: string, tasks: readonly string[]): string {
  return `# Review of an agent's memory: ${game}

A language model plays ${game}${tasks.length === 0 ? "" : ` (${tasks.join(", ")})`}. All it keeps from step to step stands in a folder of text files
that it writes and reads itself. A *scaffold* decides how it is spoken to and which memory operations it has. You are to find out from recorded
episodes how its memory fails it, and to return a better scaffold. The model that plays stays as it is. What you return is checked and then judged
by new episodes on seeds that you do not see: what helps only in the recorded ones is worth nothing.`;
}

const howItWorks = `## How a step goes

1. LOG (from the second step on): the model sees what came of its last action and writes down, looks up or mends what it wants, until DONE.
2. PLAN: the model sees the observation, looks things up, and commits one ACTION.

A scaffold is a package: \`scaffold.json\`, an entry module in TypeScript with hooks (texts of LOG and PLAN, seeded files, signals read off the
observation, operations of its own, repair and checks of actions), and files beside it. The hook API is in \`automem.d.ts\` and explained in
\`scaffolds.md\`, both in the folder \`reference\`. Hooks run in a sandbox without clock, files, network or memory of their own.`;

const howToReview = `## How to review

Begin with \`index.md\` in the evidence: the episodes with their figures, and what points at trouble. Then read whole trajectories, step by step, the
weak ones first and a good one for comparison: what the model saw, what it wrote and looked up, what it was given back, what it then did. Figures
say where to look; they do not say why. Answer five questions, with episode and step for everything you claim:

1. Is the memory *used*? Are files read when they would matter, or written and forgotten?
2. Is it *accurate*? What in it is wrong, out of date, or said twice in different ways?
3. Does it *change actions*? Find steps where something stored led to another action, and steps where it should have.
4. What is *missing*? What was seen, would have helped later, and was not kept, or was kept and not found?
5. Is it *organised*? Would the model find what it needs in the calls it has?`;

const whatToChange = `## What to change

Make at least one *structural* change: another way for memory to be laid out, filled, found or brought to bear. Examples: a seeded file of knowledge with
a form; a file for each kind of thing; an operation that replaces an entry by its key; a file shown whole in PLAN; a signal that tells the model
its notes contradict what it sees; a check that holds an action back once, with its reason. Other wording of prompts alone does not count, though
you may change wording too. Give the change a short name, and prefer one change with a reason from the trajectories over many without.`;

const whatNotToDo = `## Rules

- Memory stays in the model's hands: it decides what is written. A scaffold may offer operations, forms and seeded files; it may not write the record of play by itself.
- No buffer of past turns and no automatic summary of them, in prompts or in files.
- All base operations stay within reach, and LOG and PLAN stay what they are.
- Nothing that depends on a seed: no map, route, answer or list of moves of a recorded episode.
- Do not work on saving tokens; what is asked is better play.
- Do not run the game or an evaluation, and do not look for the seeds it will use. What comes back from you is the package and what you say of it, and nothing else.`;

const whatToReturn = `## What to return

1. The whole package, changed. It must pass the check (types, manifest, sandbox, base operations within reach, time of hooks, determinism) and the replay (its hooks over
   the recorded episodes), before any episode is played. If it does not, you are told why and may mend it.
2. The structural change: a name of a few words, and a sentence or two that say what is new.
3. An analysis: the five questions, answered, with the steps that show it, and why this change answers what you found.
4. A method description: how memory works in this scaffold now, for whoever reviews it next.

If you find nothing that deserves a change, say so instead of returning one.`;

function triedBefore(history: readonly TriedRevision[]): string {
  if (history.length === 0) return "";
  const rows = history.map(
    ({ key, structuralChange, outcome, reason, selectMean, incumbentSelectMean }) =>
      `| ${key} | ${cell(structuralChange.name)} | ${outcome} | ${share(selectMean)} | ${share(incumbentSelectMean)} | ${cell(reason)} |`,
  );
  return `## What was tried

Do not repeat what failed. Oldest first; mean progress on the seeds that revisions are first tried on. Analysis and method of each are in the evidence.

| revision | structural change | outcome | it | the one it was to replace | why |
|---|---|---|---|---|---|
${rows.join("\n")}`;
}

function continuation(failed: TriedRevision): string {
  return `## You go on from a revision that failed

The package you are given is ${failed.key}, "${failed.structuralChange.name}": ${failed.structuralChange.description}
It was ${failed.outcome}: ${failed.reason} Its episodes and its difference to the scaffold it was to replace are in the evidence beside that one's.
Find out why it did not help: was it used as meant, did it get in the way, or was it beside the point? Then mend it, or put something else in its place.

What its author found:

${indented(failed.analysis)}

How its author described it:

${indented(failed.method)}`;
}

function quoted(title: string, text: string): string {
  return `## ${title}\n\n${indented(text)}`;
}

/** As a block quote, so that headings inside stay inside. */
function indented(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
}

function cell(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();
}

function share(mean: number | undefined): string {
  return mean === undefined ? "not known" : mean.toFixed(3);
}
