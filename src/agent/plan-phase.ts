/** PLAN: the model looks things up and commits one action. It ends at an ACTION that stands, or at the limit of calls with the fallback. */
import type { ChatReply } from "../core/chat-model.ts";
import { type CommittedAction, fallbackAction, rejectionOf, repairedAction } from "./action.ts";
import { Conversation, isOverflow } from "./conversation.ts";
import { type EpisodeRun, type Present, type Speaker, stepContext, stepTokensSpent } from "./episode-run.ts";
import { runWritingHook } from "./scaffold-writes.ts";
import { recordAction, runTurn } from "./turn.ts";

/** Said after the prompt when the conversation had to begin anew. */
const noRoomNote =
  "Note: what you looked up before no longer fits and was dropped. Do not look anything up again. Choose now: <|ACTION|>name<|END|>";

/** Runs PLAN of one step with its model. Throws what the model, the scaffold or the journal throws. */
export async function runPlan(run: EpisodeRun, present: Present, speaker: Speaker): Promise<CommittedAction> {
  const { session, reader, limits } = run;
  runWritingHook(run, present, "plan", 0, (step, memory) => session.beforePlan(step, memory));
  const prompt = session.planPrompt(stepContext(run, present), reader);
  const conversation = new Conversation(run, present.stepIndex, "plan");
  conversation.begin(prompt);
  const rejections: CommittedAction["rejections"] = [];
  let raw = "";
  let reason: "call-limit" | "token-limit" = "call-limit";
  while (true) {
    const place = { present, phase: "plan" as const, callIndex: conversation.callCount };
    const turn = runTurn(run, place, await askOrBeginAnew(conversation, speaker, prompt));
    const callsLeft = limits.planCalls - conversation.callCount;
    let rejection: string | undefined;
    if (turn.action !== undefined) {
      raw = turn.action.operation.arguments[0]!;
      const action = repairedAction(run, present, raw);
      // Asked only while another call can follow: a rejection that cannot be answered would put the fallback in place of what the model chose.
      const mayReject = callsLeft > 0 && rejections.length < limits.rejections;
      rejection = mayReject ? rejectionOf(run, present, action) : undefined;
      recordAction(run, place, turn.action, rejection);
      if (rejection === undefined) {
        endPlan(run, present, "action");
        return { raw, action, fallback: false, rejections };
      }
      rejections.push({ action, reason: rejection });
    }
    if (callsLeft === 0) break;
    if (stepTokensSpent(run)) {
      reason = "token-limit";
      break;
    }
    const input = { results: turn.results, callsLeft, ...(rejection === undefined ? {} : { rejection }) };
    conversation.say(session.planContinue(stepContext(run, present), reader, input));
  }
  endPlan(run, present, reason);
  return { raw, action: fallbackAction(run, present), fallback: true, rejections };
}

/** A conversation that has outgrown the context begins anew with the prompt; a prompt that does not fit by itself is an error. */
async function askOrBeginAnew(conversation: Conversation, speaker: Speaker, prompt: string): Promise<ChatReply> {
  try {
    return await conversation.ask(speaker);
  } catch (thrown) {
    if (conversation.isFresh || !isOverflow(thrown)) throw thrown;
  }
  conversation.begin(`${prompt}\n\n${noRoomNote}`);
  return await conversation.ask(speaker);
}

function endPlan(run: EpisodeRun, present: Present, reason: "action" | "call-limit" | "token-limit"): void {
  run.sink.add({ kind: "phase-end", stepIndex: present.stepIndex, phase: "plan", reason });
}
