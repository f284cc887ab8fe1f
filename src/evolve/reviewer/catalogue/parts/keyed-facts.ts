/** Adds the operation KEEP: one line a name, replaced when the fact changes. Part of a scaffold package: runs in the sandbox. */
import { type HandlerOutcome, lines, type OwnOperation, type Scaffold } from "automem";
import { beforeEnding, short } from "./prompt-section.ts";

const factFile = "facts.txt";

export function keyedFacts<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    initFiles: (ctx) => ({ [factFile]: "", ...inner.initFiles?.(ctx) }),
    operations: [...(inner.operations ?? []), keep<State>()],
    planPrompt: (ctx) => beforeEnding(inner.planPrompt(ctx), facts(ctx.memory.read(factFile) ?? "")),
  };
}

/** Lines of the file shown in PLAN, the newest ones, and their characters. */
const shownFacts = 12;
const shownCharacters = 120;

function facts(text: string): string | undefined {
  const kept = lines(text).filter((line) => line.includes(": "));
  if (kept.length === 0) return undefined;
  const shown = kept.slice(-shownFacts).map((line) => short(line, shownCharacters));
  return `Facts you keep (${factFile}):\n${shown.join("\n")}`;
}

function keep<State>(): OwnOperation<State> {
  return {
    name: "KEEP",
    phases: ["log"],
    effect: "write",
    arguments: ["name", "text"],
    help: `keeps one fact under a name in ${factFile}, in place of the older one. Example: <|KEEP|>north door|locked, needs the red key<|END|>`,
    run(ctx, [name = "", text = ""]): HandlerOutcome {
      const key = short(name.replaceAll(":", " "), 80);
      const value = short(text, 400);
      if (key === "" || value === "") {
        return { status: "refused", text: "Name the fact and say it: <|KEEP|>name|fact<|END|>" };
      }
      const before = lines(ctx.memory.read(factFile) ?? "");
      const isOld = (line: string) => line.toLowerCase().startsWith(`${key.toLowerCase()}: `);
      const old = before.find(isOld);
      if (old === `${key}: ${value}`) return { text: `${key} stands there already.` };
      const kept = [...before.filter((line) => !isOld(line)), `${key}: ${value}`];
      const was = old === undefined ? "" : ` It was: ${short(old, 120)}`;
      return { text: `Kept ${key}.${was}`, writes: [{ file: factFile, text: `${kept.join("\n")}\n` }] };
    },
  };
}
