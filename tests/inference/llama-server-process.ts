/** A real llama-server for tests, on its own port, gone after `stop`. Built by scripts/build-llama-server.ts, named in AUTOMEM_TEST_LLAMA_SERVER. */
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

export interface LlamaServerProcess {
  url: string;
  /** The name it serves the model under. */
  model: string;
  stop(): Promise<void>;
}

export interface LlamaServerSetup {
  gguf: string;
  /** Tokens of each slot. */
  contextTokens: number;
  slots: number;
  /** Paths of adapters, in the order of their ids. */
  adapters?: readonly string[];
  /** The cache of prompts in main memory, which is on by default. */
  hostCache?: boolean;
  /** Does not wait until the model is loaded. */
  wait?: boolean;
}

/** Why there is none for this test run; `undefined` if there is. */
export function llamaServerMissing(): string | undefined {
  return process.env.AUTOMEM_TEST_LLAMA_SERVER === undefined
    ? "AUTOMEM_TEST_LLAMA_SERVER is not set: bun scripts/build-llama-server.ts builds the server and prints its path"
    : undefined;
}

/** Throws with the server's last lines. */
export async function startLlamaServer(setup: LlamaServerSetup): Promise<LlamaServerProcess> {
  const port = freePort();
  const command = [
    process.env.AUTOMEM_TEST_LLAMA_SERVER as string,
    ...["--model", setup.gguf, "--alias", "smol", "--host", "127.0.0.1", "--port", String(port), "--threads", "1"],
    ...["--ctx-size", String(setup.contextTokens * setup.slots), "--parallel", String(setup.slots), "--no-ui"],
    ...(setup.hostCache ? [] : ["--cache-ram", "0"]),
    ...(setup.adapters ?? []).flatMap((path) => ["--lora", path]),
  ];
  const child = Bun.spawn(command, { env: {}, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const said = new Response(child.stderr).text();
  const stop = async () => {
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await child.exited;
    clearTimeout(killer);
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntil(setup.wait === false ? [200, 503] : [200], url, child);
    return { url, model: "smol", stop };
  } catch (cause) {
    await stop();
    throw new Error(`llama-server did not start: ${String(cause)}\n${(await said).split("\n").slice(-15).join("\n")}`, {
      cause,
    });
  }
}

/** Asks until the server answers so; there is nothing else to wait on. */
async function waitUntil(statuses: readonly number[], url: string, server: Bun.Subprocess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`it exited with code ${server.exitCode}`);
    const status = await fetch(`${url}/health`).then(
      (response) => response.status,
      () => 0,
    );
    if (statuses.includes(status)) return;
    await Bun.sleep(20);
  }
  throw new Error(`no answer within ${READY_TIMEOUT_MS / 1000} s`);
}

function freePort(): number {
  const probe = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = probe;
  void probe.stop(true);
  return port as number;
}
