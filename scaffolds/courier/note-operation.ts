/** The operation NOTE: one line a person in the model's file, replaced when the password changes. */
import type { HandlerOutcome, OwnOperation } from "automem";
import { noteFault } from "./grounding.ts";
import { passwordText, people, personKey, withLine } from "./notebook.ts";
import { logTexts, passwordFile, type State } from "./prompts.ts";
import { readScene } from "./scene.ts";

export const noteOperation: OwnOperation<State> = {
  name: "NOTE",
  phases: ["log"],
  effect: "write",
  arguments: ["name", "text"],
  help: "keeps the password of a person in passwords.txt; it replaces an older one. Example: <|NOTE|>queen|silk<|END|>",
  run(ctx, [person = "", password = ""]): HandlerOutcome {
    const key = personKey(person);
    const words = passwordText(password);
    if (key === undefined || words === undefined) {
      return { status: "refused", text: "Not noted: name the person and the password: <|NOTE|>person|password<|END|>" };
    }
    const shown = logTexts(ctx).map((each) => ({ text: each, scene: readScene(each) }));
    const fault = noteFault(key, words, shown);
    if (fault !== undefined) return { status: "refused", text: fault };
    const { text, before } = withLine(ctx.memory.read(passwordFile) ?? "", key, words);
    if (before === words) return { text: `${key}: ${words} was noted already.` };
    const was = before === undefined ? "" : ` (before: ${before})`;
    const count = people(text).length;
    return {
      text: `Noted ${key}: ${words}${was}. ${passwordFile} has ${count} ${count === 1 ? "line" : "lines"}.`,
      writes: [{ file: passwordFile, text }],
    };
  },
};
