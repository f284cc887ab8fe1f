/** Takes old and repeated lines out of files that have grown too long. Part of a scaffold package: runs in the sandbox. */
import { lines, type Scaffold } from "automem";
import { plain } from "./note-lines.ts";

/** A file with more lines is pruned, to so many of the newest beside those it was seeded with. */
const longLines = 120;
const keptLines = 80;

export function pruning<State>(inner: Scaffold<State>): Scaffold<State> {
  return {
    ...inner,
    afterLog(ctx) {
      inner.afterLog?.(ctx);
      const seeded = inner.initFiles?.(ctx) ?? {};
      for (const { name, lines: count } of ctx.memory.list()) {
        if (count <= longLines) continue;
        ctx.memory.write(name, pruned(ctx.memory.read(name) ?? "", seeded[name] ?? ""));
      }
    },
  };
}

/** Seeded lines stay where they stand; of the others the newest, each once. */
export function pruned(content: string, seed: string): string {
  const seeds = new Set(lines(seed).map(plain));
  const all = lines(content);
  const kept = new Set<number>();
  const seen = new Set<string>();
  let left = keptLines;
  for (let at = all.length - 1; at >= 0; at--) {
    const line = plain(all[at] ?? "");
    if (seeds.has(line)) kept.add(at);
    else if (line !== "" && left > 0 && !seen.has(line)) {
      kept.add(at);
      left -= 1;
    }
    seen.add(line);
  }
  return `${all.filter((_, at) => kept.has(at)).join("\n")}\n`;
}
