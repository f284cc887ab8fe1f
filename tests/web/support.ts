/** A server of `automem ui` on a free port, over a store of its own. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openApp } from "../../src/app/app.ts";
import { type RunningServer, startServer } from "../../src/web/server.ts";
import { type FilledStore, filledStore } from "../store/filled-store.ts";
import { freshFolder } from "../store/support.ts";

export interface TestServer extends RunningServer {
  filled: FilledStore;
  /** `http://127.0.0.1:PORT`. */
  origin: string;
  token: string;
}

/** With two finished episodes and one under way. */
export async function testServer(): Promise<TestServer> {
  const home = freshFolder();
  await mkdir(home, { recursive: true });
  const filled = await filledStore(join(home, "store"));
  const running = await startServer(openApp({ AUTOMEM_HOME: home }), { host: "127.0.0.1", port: 0, forms: [] });
  const { origin, hash } = new URL(running.url);
  return { ...running, filled, origin, token: hash.slice("#token=".length) };
}
