/**
 * Messages to prompt tokens, with the model's own chat template.
 * Text inside a message never becomes a control token: an observation that contains `<|im_end|>` stays text. To let the template see the
 * whole content all the same (some trim or split it), each control text found in a message is replaced by a placeholder before rendering,
 * the rendered text is cut at the control texts it has now (the template's own), and the placeholders are turned back.
 */
import { EngineFault, INVALID_PARAMS } from "./faults.ts";
import type { Message } from "./params.ts";

export interface Vocabulary {
  /** Text of each control token (`<|im_start|>`) and its id. */
  controlTokens: ReadonlyMap<string, number>;
  /** Tokens of plain text; control texts in it are plain text too. */
  tokenize(text: string): number[];
  /** Put first if the model wants it and the template did not. */
  beginToken?: number | undefined;
}

/** The chat template applied to messages, with the opening of the assistant's turn at the end. May throw. */
export type RenderTemplate = (messages: readonly Message[]) => string;

/**
 * Tokens of a prompt. Deterministic.
 * Throws `EngineFault` when the template refuses the messages (some insist on user and assistant in turn).
 */
export function promptTokens(messages: readonly Message[], render: RenderTemplate, vocabulary: Vocabulary): number[] {
  const mark = unusedMark(messages);
  const controlText = controlPattern(vocabulary.controlTokens);
  const hidden: string[] = [];
  const hide = (content: string): string =>
    controlText === undefined
      ? content
      : content.replace(controlText, (text) => `${mark}${hidden.push(text) - 1}${mark}`);
  const restore = (text: string): string =>
    text.replaceAll(new RegExp(`${mark}(\\d+)${mark}`, "g"), (_, index: string) => hidden[Number(index)] as string);
  const rendered = renderOrFold(
    messages.map(({ role, content }) => ({ role, content: hide(content) })),
    render,
  );
  const tokens: number[] = [];
  let position = 0;
  const addPlain = (end: number): void => {
    const plain = restore(rendered.slice(position, end));
    if (plain !== "") tokens.push(...vocabulary.tokenize(plain));
  };
  if (controlText !== undefined) {
    for (const match of rendered.matchAll(controlText)) {
      addPlain(match.index);
      tokens.push(vocabulary.controlTokens.get(match[0]) as number);
      position = match.index + match[0].length;
    }
  }
  addPlain(rendered.length);
  const { beginToken } = vocabulary;
  return beginToken === undefined || tokens[0] === beginToken ? tokens : [beginToken, ...tokens];
}

/** Some templates know no system role: then its text opens the first user message, as llama.cpp does. */
function renderOrFold(messages: readonly Message[], render: RenderTemplate): string {
  try {
    return render(messages);
  } catch (refusal) {
    const [system, user, ...rest] = messages;
    if (system?.role === "system" && user?.role === "user") {
      try {
        return render([{ role: "user", content: `${system.content}\n\n${user.content}` }, ...rest]);
      } catch {
        throw refused(refusal);
      }
    }
    throw refused(refusal);
  }
}

function refused(cause: unknown): EngineFault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineFault(
    INVALID_PARAMS,
    "template-refused",
    `The model's chat template refuses these messages: ${reason}`,
  );
}

/** Matches the longest control text at each place; `undefined` if there are none. */
function controlPattern(controlTokens: ReadonlyMap<string, number>): RegExp | undefined {
  const texts = [...controlTokens.keys()].filter((text) => text !== "").sort((a, b) => b.length - a.length);
  if (texts.length === 0) return undefined;
  return new RegExp(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
}

/** A Unicode noncharacter that occurs in no message. */
function unusedMark(messages: readonly Message[]): string {
  const marks = Array.from({ length: 32 }, (_, index) => String.fromCharCode(0xfdd0 + index));
  const free = marks.find((mark) => messages.every(({ content }) => !content.includes(mark)));
  if (free !== undefined) return free;
  throw new EngineFault(
    INVALID_PARAMS,
    "bad-text",
    "The messages use every Unicode noncharacter; remove some of U+FDD0 to U+FDEF.",
  );
}
