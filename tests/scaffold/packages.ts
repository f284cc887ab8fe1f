/** Small scaffold packages, episodes and memory folders for the tests of this folder. */
import type { EpisodeContext, MemoryWriter, ScaffoldSession, StepContext } from "../../src/core/scaffold.ts";
import { type LoadedScaffold, loadScaffold } from "../../src/scaffold/load-scaffold.ts";

export const episode: EpisodeContext = {
  game: "toy",
  task: "default",
  gameInstruction: "Find the key.",
  actions: [
    { name: "Noop", description: "do nothing" },
    { name: "Move North", description: "go north" },
  ],
  defaultAction: "Noop",
  maxSteps: 10,
  callsPerPhase: 3,
};

export const step: StepContext = {
  stepIndex: 1,
  observation: { long: "A hall.", short: "Nothing carried." },
  previousObservation: { long: "A hall.", short: "Nothing carried." },
  outcome: { raw: "noop", action: "Noop", executed: "Noop", valid: true, fallback: false, reward: 0 },
  progress: 0,
  unchangedSteps: 1,
  files: [{ name: "notes.txt", characters: 10, lines: 2 }],
  signals: {},
};

export function packageFiles(texts: Record<string, string>): Map<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]));
}

export const manifestText = JSON.stringify({
  schema: "automem.scaffold/1",
  name: "toy",
  version: "1.2.3",
  description: "a toy",
  licence: "MIT",
  entry: "hooks.ts",
});

/** A package whose object of hooks has `fields` in it, besides the two prompts; `top` stands before it. */
export function loadHooks(fields: string, top = "", others: Record<string, string> = {}): Promise<LoadedScaffold> {
  const hooks = `import { defineScaffold, text, files, fill, perEpisode } from "automem";
${top}
export default defineScaffold({ logPrompt: () => "log", planPrompt: () => "plan", ${fields} });`;
  return loadScaffold(packageFiles({ "scaffold.json": manifestText, "hooks.ts": hooks, ...others }));
}

export async function openHooks(
  fields: string,
  top = "",
  others: Record<string, string> = {},
): Promise<ScaffoldSession> {
  return (await loadHooks(fields, top, others)).open(episode, 7);
}

/** A folder in a Map. */
export function memoryOf(files: Record<string, string>): MemoryWriter & { files: Map<string, string> } {
  const folder = new Map(Object.entries(files));
  return {
    files: folder,
    list: () => [...folder].map(([name, text]) => ({ name, characters: text.length, lines: text.split("\n").length })),
    read: (file) => folder.get(file),
    write: (file, text) => void folder.set(file, text),
    append: (file, text) => void folder.set(file, (folder.get(file) ?? "") + text),
    remove: (file) => void folder.delete(file),
  };
}
