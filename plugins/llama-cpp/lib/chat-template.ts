/** The chat template that a GGUF file carries, run as Jinja. */
import { Template } from "@huggingface/jinja";
import { ENGINE_FAILED, EngineFault } from "./faults.ts";
import type { RenderTemplate } from "./prompt.ts";

export interface TemplateTexts {
  beginText: string | null;
  endText: string | null;
}

/** Throws `EngineFault` `no-chat-template` when the file has none, or one that cannot be read. */
export function createTemplate(source: string | undefined, modelFile: string, texts: TemplateTexts): RenderTemplate {
  if (source === undefined || source.trim() === "") {
    throw new EngineFault(
      ENGINE_FAILED,
      "no-chat-template",
      `${modelFile} carries no chat template, so it is a base model and cannot hold a conversation. Use an instruct or chat version of it.`,
    );
  }
  let template: Template;
  try {
    template = new Template(source);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineFault(
      ENGINE_FAILED,
      "no-chat-template",
      `The chat template of ${modelFile} cannot be read: ${reason}`,
    );
  }
  return (messages) =>
    template.render({
      messages: messages.map(({ role, content }) => ({ role, content })),
      add_generation_prompt: true,
      bos_token: texts.beginText ?? "",
      eos_token: texts.endText ?? "",
    });
}
