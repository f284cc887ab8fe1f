/** Shows in LOG and PLAN what each file holds. Part of a scaffold package: runs in the sandbox. */
import { lines, type MemoryReader, type Scaffold } from "automem";
import { beforeEnding, short } from "./prompt-section.ts";

/** Files told at most. */
const toldFiles = 16;

export function fileContents<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    logPrompt: (ctx) => beforeEnding(inner.logPrompt(ctx), index(ctx.memory)),
    planPrompt: (ctx) => beforeEnding(inner.planPrompt(ctx), index(ctx.memory)),
  };
}

/** A row a file: how many lines, the first and the newest one. */
function index(memory: MemoryReader): string | undefined {
  const rows = memory
    .list()
    .slice(0, toldFiles)
    .map(({ name }) => {
      const all = lines(memory.read(name) ?? "").filter((line) => line.trim() !== "");
      const [first] = all;
      if (first === undefined) return `- ${name}: empty`;
      const last = all[all.length - 1] ?? first;
      const newest = all.length > 1 ? ` ... "${short(last, 60)}"` : "";
      return `- ${name}, ${all.length} ${all.length === 1 ? "line" : "lines"}: "${short(first, 60)}"${newest}`;
    });
  return rows.length === 0 ? undefined : `What your files hold (first line ... newest line):\n${rows.join("\n")}`;
}
