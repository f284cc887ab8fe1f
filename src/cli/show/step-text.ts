/** One step word for word, and the memory folder. What games and models wrote is made printable. */
import type { PhaseView, StepView } from "../../app/inspect.ts";
import { percent } from "../../app/units.ts";
import type { Terminal } from "../terminal.ts";
import { printable } from "../terminal.ts";
import { indent, oneLine } from "./lines.ts";

type Color = Terminal["color"];

const longestLine = 160;

export function stepText(step: StepView, color: Color): string {
  const blocks: string[] = [];
  const { observation, action, outcome } = step;
  blocks.push(color.bold(`Step ${step.stepIndex}`));
  if (observation) {
    const { long, short } = observation.observation;
    blocks.push(section("observation", color), indent([long, short].filter(Boolean).join("\n\n")));
  }
  if (step.log) blocks.push(...phaseBlocks(step.log, color));
  if (step.plan) blocks.push(...phaseBlocks(step.plan, color));
  if (action) {
    const how = action.fallback
      ? " (fallback: the model named none)"
      : action.raw === action.action
        ? ""
        : ` (from ${JSON.stringify(action.raw)})`;
    blocks.push(section("action", color), indent(`${action.action}${how}`));
    for (const rejection of action.rejections)
      blocks.push(indent(`rejected before: ${rejection.action}: ${rejection.reason}`));
  }
  if (outcome?.transition) {
    const { reward, valid, executed, terminated, truncated } = outcome.transition;
    const ends = `${terminated ? ", terminated" : ""}${truncated ? ", truncated" : ""}`;
    const played = valid ? "" : `, not a valid action: ${executed} was played`;
    blocks.push(indent(`reward ${reward}, score ${percent(outcome.progress)}${played}${ends}`));
  }
  return blocks.join("\n");
}

/** Files by name, each with its content. */
export function memoryText(files: ReadonlyMap<string, string>, color: Color): string {
  if (files.size === 0) return "The memory folder is empty.";
  return [...files]
    .map(([name, text]) => {
      const lines = text === "" ? 0 : text.split("\n").length;
      const size = `${text.length} characters, ${lines} ${lines === 1 ? "line" : "lines"}`;
      return `${color.bold(printable(name))} (${size})\n${indent(text === "" ? "(empty)" : text)}`;
    })
    .join("\n\n");
}

function phaseBlocks(phase: PhaseView, color: Color): string[] {
  const blocks: string[] = [];
  for (const operation of phase.before)
    blocks.push(indent(`scaffold: ${operation.name} ${operation.arguments.join(" ")}`));
  for (const [index, view] of phase.calls.entries()) {
    const { call, operations } = view;
    const tokens = `${call.usage.promptTokens ?? "?"} tokens in, ${call.usage.cachedTokens ?? "?"} cached, ${call.usage.generatedTokens ?? "?"} out`;
    blocks.push(section(`${phase.phase.toUpperCase()} call ${index + 1}: ${call.speaker}, ${tokens}`, color));
    for (const message of call.added) blocks.push(color.dim(indent(`${message.role}>`)), indent(message.content));
    blocks.push(
      color.dim(indent(`${call.speaker} answers${call.finishReason === "length" ? " (cut by the token limit)" : ""}>`)),
    );
    blocks.push(color.cyan(indent(call.reply)));
    if (call.kept !== undefined) blocks.push(color.dim(indent("of which the base model sees>")), indent(call.kept));
    for (const operation of operations) {
      const written = [operation.name, ...operation.arguments].filter(Boolean).join("|");
      const who = operation.actor === "scaffold" ? "scaffold " : "";
      const failure = operation.failure ? ` [${operation.failure}]` : "";
      blocks.push(color.dim(indent(`${who}${operation.status}${failure}: ${oneLine(written, longestLine)}`)));
      if (operation.result) blocks.push(indent(indent(operation.result)));
    }
  }
  if (phase.end) blocks.push(color.dim(indent(`${phase.phase.toUpperCase()} ended: ${phase.end}`)));
  return blocks;
}

function section(title: string, color: Color): string {
  return `\n${color.bold(`── ${title}`)}`;
}
