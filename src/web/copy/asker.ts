/** Asks the server's own routes within the process, so that a copy holds what the page would be answered. */
import type { App } from "../../app/app.ts";
import { messageOf, StoreError } from "../../core/errors.ts";
import { apiServer } from "../api/api.ts";
import type { CopyFolder } from "./copy-folder.ts";
import { answerFile } from "./names.ts";

/** An answer as a copy keeps it. */
export interface KeptAnswer {
  status: number;
  body: unknown;
}

export interface Asker {
  /** Below `/api`; an error is an answer too. */
  answer(path: string): Promise<KeptAnswer>;
  /** The body of an answer that must be good. Throws `StoreError` `not-copied` with what the server said. */
  body(path: string): Promise<unknown>;
  close(): Promise<void>;
}

const host = "copy.invalid";

export function openAsker(app: App, signal: AbortSignal): Asker {
  const { server, close } = apiServer(app, {
    reach: { hosts: new Set([host]), token: crypto.randomUUID() },
    forms: [],
  });
  const answer = async (path: string): Promise<KeptAnswer> => {
    signal.throwIfAborted();
    const response = await server.request(`http://${host}/api${path}`, { headers: { host }, signal });
    const got = { status: response.status, body: await response.json() };
    signal.throwIfAborted();
    return got;
  };
  const body = async (path: string) => {
    const got = await answer(path);
    if (got.status === 200) return got.body;
    throw new StoreError(`${path} cannot be copied: ${faultOf(got.body)}`, { code: "not-copied", data: { path } });
  };
  return { answer, body, close };
}

/** An answer under its own path, with what is private taken out. */
export async function copyAnswer(ask: Asker, folder: CopyFolder, path: string): Promise<KeptAnswer> {
  const { status, body } = await ask.answer(path);
  const name = answerFile(path);
  if (name === undefined) throw new Error(`No file can be called after ${path}.`);
  await folder.write(name, { status, body: folder.texts.inAnswer(body) });
  return { status, body };
}

function faultOf(body: unknown): string {
  const { error } = (body ?? {}) as { error?: { message?: unknown } };
  return messageOf(error?.message ?? "no answer");
}
