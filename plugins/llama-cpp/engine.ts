/** The llama-cpp engine plugin: speaks docs/protocol.md, kind `engine`, over stdin and stdout. */
import { readFileSync } from "node:fs";
import {
  type CancellationToken,
  createMessageConnection,
  type Message,
  type RequestMessage,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { EngineModel } from "./lib/engine-model.ts";
import { asFault, EngineFault, NOT_NOW } from "./lib/faults.ts";
import { claimStdout, dieWithParent } from "./lib/native-process.ts";
import {
  ChatParams,
  checkParams,
  InitializeParams,
  LoadAdapterParams,
  NextTokensParams,
  TokenizeParams,
  UnloadAdapterParams,
} from "./lib/params.ts";

const protocolOutput = claimStdout();
dieWithParent();

const connection = createMessageConnection(
  new StreamMessageReader(process.stdin),
  new StreamMessageWriter(protocolOutput),
  undefined,
  { messageStrategy: { handleMessage: rememberRequestId } },
);

/** Set while a request is handed to its handler, which reads it before its first `await`. */
let requestId: RequestMessage["id"] = null;
let loading: Promise<EngineModel> | undefined;

answer("initialize", async (params) => {
  const checked = checkParams(InitializeParams, params, "initialize");
  if (loading !== undefined)
    throw new EngineFault(NOT_NOW, "twice", "initialize: a model is loaded already; start another process.");
  loading = EngineModel.load(checked);
  const model = await loading.catch((cause: unknown) => {
    loading = undefined;
    throw cause;
  });
  return {
    protocolVersion: 1,
    ...ownManifest(),
    modelName: model.modelName,
    contextTokens: model.contextTokens,
    trainContextTokens: model.trainContextTokens,
    capabilities: {
      overflow: "error",
      seed: true,
      cachedTokens: true,
      streaming: true,
      grammar: "gbnf",
      adapters: "runtime",
    },
    packages: installedPackages(),
  };
});

answer("chat", async (params, cancellation) => {
  const id = requestId;
  const checked = checkParams(ChatParams, params, "chat");
  const model = await loadedModel("chat");
  return model.chat(checked, {
    ...cancelHooks(cancellation),
    onText: (text) => {
      if (checked.stream === true) void connection.sendNotification("chat/token", { id, text });
    },
  });
});

answer("tokenize", async (params) => {
  const checked = checkParams(TokenizeParams, params, "tokenize");
  const model = await loadedModel("tokenize");
  return { count: "text" in checked ? model.countText(checked.text) : model.countMessages(checked.messages) };
});

answer("nextTokens", async (params, cancellation) => {
  const checked = checkParams(NextTokensParams, params, "nextTokens");
  const model = await loadedModel("nextTokens");
  const tokens = await model.nextTokens(checked, cancelHooks(cancellation));
  if (tokens === undefined) throw new EngineFault(NOT_NOW, "cancelled", "nextTokens: cancelled.");
  return { tokens };
});

answer("loadAdapter", async (params) => {
  const checked = checkParams(LoadAdapterParams, params, "loadAdapter");
  await (await loadedModel("loadAdapter")).lanes.load(checked);
  return {};
});

answer("unloadAdapter", async (params) => {
  const { id } = checkParams(UnloadAdapterParams, params, "unloadAdapter");
  await (await loadedModel("unloadAdapter")).lanes.unload(id);
  return {};
});

answer("stats", async () => (await loadedModel("stats")).stats());

answer("close", async () => ({}));

process.stdin.on("end", leave);
connection.onClose(leave);
connection.listen();

/** The exit is at once: a model under evaluation has nothing to save. */
function leave(): void {
  process.exit(0);
}

function answer(method: string, handle: (params: unknown, cancellation: CancellationToken) => Promise<unknown>): void {
  connection.onRequest(method, async (params: unknown, cancellation: CancellationToken) => {
    try {
      return await handle(params, cancellation);
    } catch (thrown) {
      const fault = asFault(thrown);
      return new ResponseError(fault.rpcCode, fault.message, fault.data);
    }
  });
}

function rememberRequestId(message: Message, next: (message: Message) => unknown): void {
  requestId = "id" in message ? (message as RequestMessage).id : null;
  next(message);
}

function loadedModel(method: string): Promise<EngineModel> {
  if (loading === undefined)
    throw new EngineFault(NOT_NOW, "not-ready", `${method}: no model is loaded; send initialize first.`);
  return loading;
}

function cancelHooks(cancellation: CancellationToken): { isCancelled: () => boolean; cancelled: Promise<void> } {
  return {
    isCancelled: () => cancellation.isCancellationRequested,
    cancelled: new Promise((resolve) => void cancellation.onCancellationRequested(() => resolve())),
  };
}

function ownManifest(): { name: string; version: string } {
  const { name, version } = readJson("./plugin.json");
  return { name: String(name), version: String(version) };
}

function installedPackages(): Record<string, string> {
  return { "node-llama-cpp": String(readJson("./node_modules/node-llama-cpp/package.json").version), bun: Bun.version };
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
