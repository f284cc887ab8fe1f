/** What the crash tests share: starting the child, and reading from disk what a killed run had committed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/journal.ts";
import { Store } from "../../src/store/store.ts";
import { messagesHash } from "./counting-server.ts";
import type { CrashRun } from "./crash-run.ts";

const child = join(import.meta.dir, "crash-child.ts");

export function startCrashChild(given: CrashRun & { killAt?: number; torn?: boolean }) {
  return Bun.spawn([process.execPath, child, JSON.stringify(given)], { stdout: "pipe", stderr: "inherit" });
}

/** The one run of a store; `undefined` if it was killed before it was made. */
export async function onlyRun(storeFolder: string): Promise<string | undefined> {
  if (!existsSync(join(storeFolder, "runs"))) return undefined;
  const { runs } = Store.forCheck(storeFolder);
  for (const id of await runs.ids()) if ((await runs.folder(id).peekFile()) !== undefined) return id;
  return undefined;
}

/** Hashes of the messages of all calls, and the number of actions, that are committed on disk; read without changing anything. */
export async function committedOnDisk(
  storeFolder: string,
  runId: string | undefined,
): Promise<{ calls: string[]; actions: number }> {
  const committed = { calls: [] as string[], actions: 0 };
  if (runId === undefined) return committed;
  const store = Store.forCheck(storeFolder);
  for (const key of await store.runs.folder(runId).startedKeys()) {
    const entries = await Array.fromAsync((await store.readEpisode(runId, key)).entries());
    committed.calls.push(...callHashes(entries));
    committed.actions += entries.filter(({ kind }) => kind === "action").length;
  }
  return committed;
}

/** What the model was sent in each call, from the entries alone. */
function callHashes(entries: readonly JournalEntry[]): string[] {
  let said: { role: string; content: string }[] = [];
  return entries.flatMap((entry) => {
    if (entry.kind !== "call") return [];
    const messages = entry.fresh ? entry.added : [...said, ...entry.added];
    said = [...messages, { role: "assistant", content: entry.reply }];
    return [messagesHash(messages)];
  });
}
