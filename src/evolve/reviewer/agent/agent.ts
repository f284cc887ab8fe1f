/** The `agent` reviewer: a model with tools, in our own loop. */
import type { AgentSettings } from "../../../campaign/agent/settings.ts";
import { toolModel } from "../../../campaign/agent/tool-model.ts";
import type { ChatModel } from "../../../core/chat-model.ts";
import { hashJson } from "../../../core/hash.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { References } from "../references.ts";
import type { Reviewer } from "../reviewer.ts";
import { AgentSession } from "./session.ts";
import { systemText } from "./texts.ts";

export interface AgentReviewerOptions {
  /** Closed with the reviewer. */
  model: ChatModel;
  references: References;
  clock: Clock;
  settings?: AgentSettings | undefined;
}

/** Named `agent:` and the model's name. Throws as `toolModel`. */
export function createAgentReviewer({ model, references, clock, settings }: AgentReviewerOptions): Reviewer {
  const name = `agent:${model.identity.name}`;
  const asked = toolModel(model, { name, instead: 'the reviewer "catalogue"', settings });
  const identity = JSON.parse(JSON.stringify(model.identity)) as JsonObject;
  return {
    identity: { name, details: { model: identity, ...asked.settings, instructions: hashJson(systemText) } },
    open: async (task) => new AgentSession({ model: asked, task, clock, references }),
    close: () => model.close(),
  };
}
