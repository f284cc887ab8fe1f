/**
 * The part of PLAN that a specialist has: it is shown the whole prompt and looks things up. Then the base model takes over the conversation:
 * it sees the prompt, every turn of the specialist with its results, and the handoff, but no ACTION of the specialist's.
 * Source: arXiv 2607.01224, two models at inference; where ours differs is told in docs/models.md, "Two models".
 */
import type { ChatReply } from "../core/chat-model.ts";
import { askOrBeginAnew, type Conversation } from "./conversation.ts";
import { type EpisodeRun, type Present, type Speaker, stepContext, stepTokensSpent } from "./episode-run.ts";
import { withoutActions } from "./strip-actions.ts";
import { runTurn, type Turn } from "./turn.ts";

/** Stands for a reply of which nothing is left; an empty turn is refused by many servers. */
export const emptyTurn = "(I look up nothing more.)";

/**
 * Consults until the specialist names an action or writes no operation, or until its calls or the step's tokens are used up; at least one
 * call. The conversation then ends with the handoff, to be answered by the base model.
 * Throws what the model throws: a call that failed never hands over.
 */
export async function consult(
  run: EpisodeRun,
  present: Present,
  conversation: Conversation,
  specialist: Speaker,
  prompt: string,
): Promise<void> {
  const { session, reader, limits } = run;
  // One call of the phase is the base model's.
  const mostCalls = Math.max(1, limits.planCalls - 1);
  const keep = (reply: ChatReply) => keptText(run, reply);
  while (true) {
    const place = { present, phase: "plan" as const, callIndex: conversation.callCount, consulting: true };
    const turn = runTurn(run, place, await askOrBeginAnew(conversation, specialist, prompt, keep));
    const callsLeft = mostCalls - conversation.callCount;
    if (turn.endsConsulting || callsLeft === 0 || stepTokensSpent(run)) {
      conversation.say(handoffText(run, present, conversation, turn));
      return;
    }
    conversation.say(session.planContinue(stepContext(run, present), reader, { results: turn.results, callsLeft }));
  }
}

/** What the conversation keeps of a specialist's reply in PLAN. */
function keptText({ table }: EpisodeRun, { text, finishReason }: ChatReply): string {
  const rest = withoutActions(text, table, finishReason === "length");
  return rest.trim() === "" ? emptyTurn : rest;
}

/** The results that are not told yet, if any, then the scaffold's handoff. */
function handoffText(run: EpisodeRun, present: Present, conversation: Conversation, { results }: Turn): string {
  const { session, reader, limits } = run;
  const handoff = session.handoff(stepContext(run, present), reader);
  if (results.length === 0) return handoff;
  const callsLeft = Math.max(1, limits.planCalls - conversation.callCount);
  return `${session.planContinue(stepContext(run, present), reader, { results, callsLeft })}\n\n${handoff}`;
}
