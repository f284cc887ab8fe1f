/** Downloads one file, resumable: after an interruption the same call goes on where it stopped, if the server's file is still the same. */
import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { AutomemError, messageOf, ProviderError } from "../../core/errors.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import type { Clock } from "../../platform/clock.ts";
import { withRetries } from "../retry.ts";
import type { ModelProgress } from "./record.ts";

const ATTEMPTS = 5;
const IDLE_LIMIT_MS = 60_000;

/** What makes two answers the same file. */
const PartRecord = v.object({ url: v.string(), validator: v.optional(v.string()) });

export interface FileDownload {
  url: string;
  /** Keeps the part and what is known of it between calls. */
  folder: string;
  fetch: typeof fetch;
  clock: Clock;
  onProgress: (progress: ModelProgress) => void;
  signal?: AbortSignal | undefined;
}

/** The path of the whole file, inside `folder`. Throws `ProviderError`: `unreachable`, `refused`, `stream-cut`, `cancelled`. */
export async function downloadFile(download: FileDownload): Promise<string> {
  await mkdir(download.folder, { recursive: true });
  const { clock, signal } = download;
  try {
    return await withRetries(() => attempt(download), { clock, signal, attempts: ATTEMPTS });
  } catch (cause) {
    if (signal?.aborted) throw cancelled(download);
    throw cause;
  }
}

async function attempt(download: FileDownload): Promise<string> {
  const part = join(download.folder, "file.part");
  const resumed = await readPart(download, part);
  const idle = new IdleLimit(download.clock, download.signal);
  try {
    const response = await request(download, resumed, idle.signal);
    const resuming = response.status === 206 && startsAt(response, resumed.bytes);
    if (response.status === 206 && !resuming)
      throw await startOver(download, part, "the server sent another range than was asked for");
    if (response.status === 416 && isWhole(response, resumed.bytes)) return part;
    if (response.status === 416)
      throw await startOver(download, part, "the server's file is shorter than what was kept");
    if (!response.ok || response.body === null) throw statusFault(download, response);
    await writeAtomic(recordPath(download), JSON.stringify({ url: download.url, validator: validatorOf(response) }));
    const startBytes = resuming ? resumed.bytes : 0;
    const length = Number(response.headers.get("content-length") ?? Number.NaN);
    const encoded = response.headers.get("content-encoding") !== null;
    const totalBytes = Number.isFinite(length) && !encoded ? startBytes + length : undefined;
    const doneBytes = await save(download, response.body, { part, startBytes, totalBytes, idle });
    if (totalBytes !== undefined && doneBytes !== totalBytes) {
      throw cut(download, `it ended after ${doneBytes} of ${totalBytes} bytes`);
    }
    return part;
  } catch (cause) {
    if (download.signal?.aborted) throw cancelled(download);
    if (cause instanceof AutomemError || isFileFault(cause)) throw cause;
    throw cut(download, idle.expired ? `nothing came for ${IDLE_LIMIT_MS / 1000} s` : messageOf(cause), cause);
  } finally {
    idle.end();
  }
}

interface Target {
  part: string;
  startBytes: number;
  totalBytes: number | undefined;
  idle: IdleLimit;
}

/** Appends the body to the part. Returns the part's size. */
async function save(download: FileDownload, body: ReadableStream<Uint8Array>, target: Target): Promise<number> {
  let doneBytes = target.startBytes;
  const file = await open(target.part, doneBytes > 0 ? "a" : "w");
  try {
    const report = () => download.onProgress({ phase: "download", doneBytes, totalBytes: target.totalBytes });
    report();
    for await (const chunk of body) {
      target.idle.touch();
      await file.writeFile(chunk);
      doneBytes += chunk.length;
      report();
      download.signal?.throwIfAborted();
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return doneBytes;
}

async function request(download: FileDownload, resumed: Part, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (resumed.bytes > 0 && resumed.validator !== undefined) {
    headers.range = `bytes=${resumed.bytes}-`;
    headers["if-range"] = resumed.validator;
  }
  try {
    return await download.fetch(download.url, { headers, signal });
  } catch (cause) {
    throw new ProviderError(
      `Cannot reach ${shown(download)}: ${messageOf(cause)}. Look at your network and run the same command again.`,
      {
        code: "unreachable",
        cause,
        retryable: true,
      },
    );
  }
}

interface Part {
  bytes: number;
  validator?: string | undefined;
}

/** What an earlier call left; nothing if it was of another URL or cannot be proven the same file. */
async function readPart(download: FileDownload, part: string): Promise<Part> {
  const bytes = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const text = await readFile(recordPath(download), "utf8").catch(() => "{}");
  const record = v.safeParse(v.pipe(v.string(), v.parseJson(), PartRecord), text);
  if (!record.success || record.output.url !== download.url || record.output.validator === undefined)
    return { bytes: 0 };
  return { bytes, validator: record.output.validator };
}

/** A strong ETag or the date; a weak ETag does not promise equal bytes. */
function validatorOf(response: Response): string | undefined {
  const etag = response.headers.get("etag");
  if (etag?.startsWith('"')) return etag;
  return response.headers.get("last-modified") ?? undefined;
}

/** A range that begins at the end of the file: nothing is missing. */
function isWhole(response: Response, bytes: number): boolean {
  return bytes > 0 && response.headers.get("content-range") === `bytes */${bytes}`;
}

function startsAt(response: Response, bytes: number): boolean {
  return new RegExp(`^bytes ${bytes}-`).test(response.headers.get("content-range") ?? "");
}

async function startOver(download: FileDownload, part: string, why: string): Promise<ProviderError> {
  await rm(part, { force: true });
  await rm(recordPath(download), { force: true });
  return cut(download, why);
}

function statusFault(download: FileDownload, response: Response): ProviderError {
  const retryable = response.status >= 500 || response.status === 429 || response.status === 408;
  return new ProviderError(
    `${shown(download)} answered HTTP ${response.status} ${response.statusText}. Look whether the address is right and needs no login.`,
    { code: retryable ? "server-error" : "refused", data: { status: response.status }, retryable },
  );
}

function cut(download: FileDownload, why: string, cause?: unknown): ProviderError {
  return new ProviderError(
    `The download of ${shown(download)} broke off: ${why}. What came is kept; run the same command again to go on.`,
    { code: "stream-cut", cause, retryable: true },
  );
}

function cancelled(download: FileDownload): ProviderError {
  return new ProviderError(
    `The download of ${shown(download)} was cancelled. What came is kept; the same command goes on there.`,
    {
      code: "cancelled",
    },
  );
}

/** A fault of the local disk, which another attempt does not mend. */
function isFileFault(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  return code === "ENOSPC" || code === "EACCES" || code === "EROFS" || code === "EDQUOT" || code === "EIO";
}

function recordPath({ folder }: FileDownload): string {
  return join(folder, "download.json");
}

/** Without credentials and query: a signed address stays out of messages. */
function shown({ url }: FileDownload): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** Aborts its signal when nothing was touched for a while, or when the outer signal is aborted. */
class IdleLimit {
  expired = false;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  #waiting = new AbortController();

  constructor(clock: Clock, outer: AbortSignal | undefined) {
    this.#clock = clock;
    this.#outer = outer;
    outer?.addEventListener("abort", this.#onOuter, { once: true });
    if (outer?.aborted) this.#onOuter();
    this.touch();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  touch(): void {
    this.#waiting.abort();
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#clock.sleep(IDLE_LIMIT_MS, waiting.signal).then(
      () => {
        this.expired = true;
        this.#controller.abort();
      },
      () => undefined,
    );
  }

  end(): void {
    this.#waiting.abort();
    this.#outer?.removeEventListener("abort", this.#onOuter);
  }

  readonly #onOuter = (): void => this.#controller.abort();
}
