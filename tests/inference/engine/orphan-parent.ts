/** Starts the real engine, prints the engine's process id, and waits to be killed. Run by real-engine.slow.test.ts. */
import type { EngineClient } from "../../../src/plugins/engine-client.ts";
import { findRealModels } from "../real-models.ts";

const real = await findRealModels();
if (typeof real === "string") throw new Error(real);
const engine = (await real.deps.startEngine({ model: real.gguf, contextTokens: 256, sequences: 1 })) as EngineClient;
process.stdout.write(`${engine.process.pid}\n`);
await new Promise(() => undefined);
