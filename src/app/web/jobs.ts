/**
 * Work begun from the page: a process of automem itself, with the same words as on a command line. It does not belong to the page: closing the
 * page or its server ends nothing, and work begun elsewhere can be stopped from here. Work is stopped as Ctrl-C stops it: nothing is lost.
 */
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { shellWords } from "../../core/shell-words.ts";
import type { App } from "../app.ts";
import { findCampaign } from "../campaigns.ts";
import { findRun } from "../runs.ts";

/** Commands that may be begun so. */
export const jobCommands = ["run", "evolve", "train", "resume"] as const;
export type JobCommand = (typeof jobCommands)[number];

export interface StartedJob {
  /** As typed in a shell. */
  command: string;
  /** Of the run or campaign, as soon as it has one; absent if it ended before. */
  id: string | undefined;
  /** What it printed on stderr so far. */
  said: string;
  /** Absent while it works. */
  exitCode: number | undefined;
}

/** How long an answer waits until work has a name, or has failed. */
const patienceMs = 20_000;
const lookEveryMs = 100;

/** `words` follow the command; each is one word, whatever stands in it. */
export async function startJob(app: App, command: JobCommand, words: readonly string[]): Promise<StartedJob> {
  const folder = join(app.home.folder, "work", "jobs");
  mkdirSync(folder, { recursive: true });
  const name = `${app.clock.nowMs()}-${crypto.randomUUID().slice(0, 8)}`;
  const [out, errors] = [join(folder, `${name}.jsonl`), join(folder, `${name}.txt`)];
  const files = [openSync(out, "w"), openSync(errors, "w")] as const;
  const child = Bun.spawn([...ownCommand(), command, ...words, "--json"], {
    stdin: "ignore",
    stdout: files[0],
    stderr: files[1],
    env: { ...app.environment, NO_COLOR: "1" },
    detached: true,
  });
  // It goes on when this process ends.
  child.unref();
  for (const file of files) closeSync(file);
  const startMs = app.clock.monotonicMs();
  let id = idIn(out);
  while (id === undefined && child.exitCode === null && app.clock.monotonicMs() - startMs < patienceMs) {
    await Bun.sleep(lookEveryMs);
    id = idIn(out);
  }
  return {
    command: shellWords(["automem", command, ...words]),
    id: id ?? idIn(out),
    said: readFileSync(errors, "utf8").trim(),
    exitCode: child.exitCode ?? undefined,
  };
}

/** Asks the process that works on a run or campaign to stop. Throws `ConfigError`: `not-running`, `unknown-run`. */
export async function stopWork(app: App, id: string): Promise<{ pid: number }> {
  const store = await app.store();
  const campaign = await findCampaign(app, id);
  const holder =
    campaign === undefined ? (await findRun(app, id)).folder.holder() : store.campaigns.holder(campaign.id);
  if (holder === undefined) throw new ConfigError(`Nothing works on ${id} now.`, { code: "not-running" });
  process.kill(holder.pid, "SIGINT");
  return { pid: holder.pid };
}

/** How this automem is started: the binary itself, or Bun with its entry. */
function ownCommand(): string[] {
  const compiled = Bun.embeddedFiles.length > 0;
  return compiled ? [process.execPath] : [process.execPath, join(import.meta.dir, "..", "..", "main.ts")];
}

/** From the first event that names what is worked on. */
function idIn(path: string): string | undefined {
  for (const line of readFileSync(path, "utf8").split("\n").slice(0, 50)) {
    const id = /^\{.*"(?:campaignId|runId)":"([a-z0-9-]+)"/.exec(line)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}
