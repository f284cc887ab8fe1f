/**
 * A real Ollama server for tests: its own port, model folder and home, one model imported from a GGUF, all gone after `stop`.
 * The binary is built by scripts/build-ollama.ts and named in AUTOMEM_TEST_OLLAMA.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const MODEL_NAME = "smollm2";

/** SmolLM2's chat template in Ollama's language. */
const MODELFILE = `TEMPLATE """{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
PARAMETER stop "<|im_end|>"
PARAMETER stop "<|im_start|>"
`;

export interface OllamaServer {
  /** As OLLAMA_HOST. */
  url: string;
  /** The imported model's name on the server. */
  model: string;
  /** What the server has said so far. */
  log(): Promise<string>;
  /** A model from a Modelfile; files are named by their absolute paths. */
  create(name: string, modelfile: string): Promise<void>;
  stop(): Promise<void>;
}

/** Why there is none for this test run; `undefined` if there is. */
export function ollamaMissing(): string | undefined {
  return process.env.AUTOMEM_TEST_OLLAMA === undefined
    ? "AUTOMEM_TEST_OLLAMA is not set: bun scripts/build-ollama.ts builds the server and prints its path"
    : undefined;
}

/** Starts the server, with settings of its own in its environment, and imports the weights. Throws with the server's last lines. */
export async function startOllama(
  gguf: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<OllamaServer> {
  const binary = process.env.AUTOMEM_TEST_OLLAMA as string;
  const folder = await mkdtemp(join(tmpdir(), "automem-test-ollama-"));
  const host = `127.0.0.1:${freePort()}`;
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    OLLAMA_HOST: host,
    OLLAMA_MODELS: join(folder, "models"),
    OLLAMA_NUM_PARALLEL: "1",
    OLLAMA_KEEP_ALIVE: "10m",
    ...settings,
  };
  const log = join(folder, "serve.log");
  const server = Bun.spawn([binary, "serve"], {
    env,
    cwd: folder,
    stdin: "ignore",
    stdout: Bun.file(log),
    stderr: Bun.file(log),
  });
  const stop = async () => {
    server.kill("SIGTERM");
    const killer = setTimeout(() => server.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await server.exited;
    clearTimeout(killer);
    await rm(folder, { recursive: true, force: true });
  };
  const create = async (name: string, content: string) => {
    const modelfile = join(folder, "Modelfile");
    await writeFile(modelfile, content);
    const child = Bun.spawn([binary, "create", name, "-f", modelfile], {
      env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const said = await new Response(child.stderr).text();
    if ((await child.exited) !== 0) throw new Error(`ollama create failed: ${said}`);
  };
  try {
    await waitUntilReady(`http://${host}`, server);
    await create(MODEL_NAME, `FROM ${gguf}\n${MODELFILE}`);
    return { url: `http://${host}`, model: MODEL_NAME, log: () => Bun.file(log).text(), create, stop };
  } catch (cause) {
    const lines = (await Bun.file(log).text()).split("\n").slice(-15).join("\n");
    await stop();
    throw new Error(`Ollama did not start: ${String(cause)}\n${lines}`, { cause });
  }
}

/** Asks until the server answers; there is nothing else to wait on. */
async function waitUntilReady(url: string, server: Bun.Subprocess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`it exited with code ${server.exitCode}`);
    const answered = await fetch(`${url}/api/version`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await Bun.sleep(50);
  }
  throw new Error(`no answer within ${READY_TIMEOUT_MS / 1000} s`);
}

function freePort(): number {
  const probe = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = probe;
  void probe.stop(true);
  return port as number;
}
