/** The web server of `automem ui`: the API, and the page for every other address. */
import { randomBytes } from "node:crypto";
import { extname } from "node:path";
import type { App } from "../app/app.ts";
import type { CommandForm } from "../app/web/forms.ts";
import { ConfigError } from "../core/errors.ts";
import { apiServer } from "./api/api.ts";
import { pageLinks } from "./openings.ts";
import { pageFiles } from "./page-files.ts";
import { hostsOf, type Reach } from "./security.ts";

export interface ServerOptions {
  /** `127.0.0.1` unless the user asked for another. */
  host: string;
  /** 0: any that is free. */
  port: number;
  /** What can be begun from the page. */
  forms: readonly CommandForm[];
}

export interface RunningServer {
  /** With the token, for the person who started it. */
  url: string;
  port: number;
  stop(): Promise<void>;
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Starts to listen. Throws `ConfigError` `port-taken`. */
export async function startServer(app: App, { host, port, forms }: ServerOptions): Promise<RunningServer> {
  const files = await pageFiles();
  const linksOf = pageLinks(files);
  const reach: Reach = { hosts: new Set(), token: randomBytes(24).toString("base64url") };
  const { server, close } = apiServer(app, { reach, forms });
  server.get("*", (context) => {
    const path = context.req.path.slice(1);
    const name = files.has(path) ? path : "index.html";
    // Any other address is a view of the page; a file that is asked for by its ending and is not there is not.
    const content = extname(path) !== "" && name !== path ? undefined : files.get(name);
    if (content === undefined) return context.notFound();
    const links = name === "index.html" ? linksOf(new URL(context.req.url)) : undefined;
    if (links !== undefined) context.header("Link", links);
    context.header("Content-Type", types[extname(name)] ?? "application/octet-stream");
    context.header("Cache-Control", name === "index.html" ? "no-store" : "public, max-age=31536000, immutable");
    return context.body(content as Uint8Array<ArrayBuffer>);
  });
  const listening = listen(server.fetch, host, port);
  const bound = listening.port!;
  for (const name of hostsOf(host, bound)) (reach.hosts as Set<string>).add(name);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/#token=${reach.token}`,
    port: bound,
    stop: async () => {
      await listening.stop(true);
      await close();
    },
  };
}

function listen(fetch: (request: Request) => Response | Promise<Response>, hostname: string, port: number) {
  try {
    // Live views stay open; they say themselves that they are alive.
    return Bun.serve({ fetch, hostname, port, idleTimeout: 0, development: false });
  } catch (cause) {
    throw new ConfigError(
      `Nothing can listen on ${hostname}:${port}. Another program may use the port: choose one with --port, or --port 0 for any.`,
      { code: "port-taken", data: { hostname, port }, cause },
    );
  }
}
