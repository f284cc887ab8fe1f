/** LOG: the model records what its last action did. It ends at DONE, at a reply without operations, at the limit of calls, or without room. */
import type { ChatReply } from "../core/chat-model.ts";
import type { phaseEndReasons } from "../core/journal.ts";
import { Conversation, isOverflow } from "./conversation.ts";
import { type EpisodeRun, type Present, type Speaker, stepContext, stepTokensSpent } from "./episode-run.ts";
import { runWritingHook } from "./scaffold-writes.ts";
import { runTurn } from "./turn.ts";

type EndReason = (typeof phaseEndReasons)[number];

/** Runs LOG of one step with its model. Throws what the model, the scaffold or the journal throws. */
export async function runLog(run: EpisodeRun, present: Present, speaker: Speaker): Promise<void> {
  const { session, reader } = run;
  const conversation = new Conversation(run, present.stepIndex, "log");
  conversation.begin(session.logPrompt(stepContext(run, present), reader));
  const reason = await converse(run, present, speaker, conversation);
  // Before the hook's writes: a replay tells by this entry, next after the last call's, that there was no room for another call.
  run.sink.add({ kind: "phase-end", stepIndex: present.stepIndex, phase: "log", reason });
  runWritingHook(run, present, "log", conversation.callCount - 1, (step, memory) => session.afterLog(step, memory));
}

async function converse(
  run: EpisodeRun,
  present: Present,
  speaker: Speaker,
  conversation: Conversation,
): Promise<EndReason> {
  while (true) {
    const callIndex = conversation.callCount;
    const reply = await askWithRoom(conversation, speaker);
    if (reply === undefined) return "context-full";
    const turn = runTurn(run, { present, phase: "log", callIndex }, reply);
    if (turn.done) return "done";
    if (turn.attempts === 0) return "no-operation";
    const callsLeft = run.limits.logCalls - conversation.callCount;
    if (callsLeft === 0) return "call-limit";
    if (stepTokensSpent(run)) return "token-limit";
    const input = { results: turn.results, callsLeft };
    conversation.say(run.session.logContinue(stepContext(run, present), run.reader, input));
  }
}

/** The reply, or `undefined` if what was said so far leaves no room: what LOG has written stands, and the step goes on. */
async function askWithRoom(conversation: Conversation, speaker: Speaker): Promise<ChatReply | undefined> {
  try {
    return await conversation.ask(speaker);
  } catch (thrown) {
    if (!conversation.isFresh && isOverflow(thrown)) return undefined;
    throw thrown;
  }
}
