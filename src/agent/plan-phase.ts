/**
 * PLAN: the model looks things up and commits one action. It ends at an ACTION that stands, or at the limit of calls with the fallback.
 * A specialist, if there is one, looks things up before.
 */
import { type CommittedAction, fallbackAction, rejectionOf, repairedAction } from "./action.ts";
import { consult } from "./consulting.ts";
import { askOrBeginAnew, Conversation } from "./conversation.ts";
import {
  type EpisodeRun,
  type Present,
  type Speaker,
  type Speakers,
  stepContext,
  stepTokensSpent,
} from "./episode-run.ts";
import { runWritingHook } from "./scaffold-writes.ts";
import { recordAction, runTurn } from "./turn.ts";

/** Runs PLAN of one step. Throws what a model, the scaffold or the journal throws. */
export async function runPlan(run: EpisodeRun, present: Present, speakers: Speakers): Promise<CommittedAction> {
  const { session, reader } = run;
  runWritingHook(run, present, "plan", 0, (step, memory) => session.beforePlan(step, memory));
  const prompt = session.planPrompt(stepContext(run, present), reader);
  const conversation = new Conversation(run, present.stepIndex, "plan");
  conversation.begin(prompt);
  if (speakers.specialist !== undefined) await consult(run, present, conversation, speakers.specialist, prompt);
  return decide(run, present, conversation, speakers.base, prompt);
}

/** The part of PLAN that commits: all of it, or what follows a specialist's handoff. */
async function decide(
  run: EpisodeRun,
  present: Present,
  conversation: Conversation,
  speaker: Speaker,
  prompt: string,
): Promise<CommittedAction> {
  const { session, reader, limits } = run;
  const mostCalls = Math.max(limits.planCalls, conversation.callCount + 1);
  const rejections: CommittedAction["rejections"] = [];
  let raw = "";
  let reason: "call-limit" | "token-limit" = "call-limit";
  while (true) {
    const place = { present, phase: "plan" as const, callIndex: conversation.callCount };
    const turn = runTurn(run, place, await askOrBeginAnew(conversation, speaker, prompt));
    const callsLeft = mostCalls - conversation.callCount;
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

function endPlan(run: EpisodeRun, present: Present, reason: "action" | "call-limit" | "token-limit"): void {
  run.sink.add({ kind: "phase-end", stepIndex: present.stepIndex, phase: "plan", reason });
}
