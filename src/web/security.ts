/**
 * What every request and every answer must keep to. The page shows hostile text (memory files, observations) and can start processes, so: only
 * requests that name this server as their host are answered (a page elsewhere cannot reach it under a name of its own: DNS rebinding), requests
 * that change something come from this page and bear the token printed at start, and the browser may run and load nothing but what comes from here.
 */
import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** What a server is reached by. */
export interface Reach {
  /** `127.0.0.1:4311`, `localhost:4311`, `[::1]:4311`: values of the Host header that are answered. */
  hosts: ReadonlySet<string>;
  token: string;
}

/** Names under which a server on this port may be asked; `host` is what it listens on. */
export function hostsOf(host: string, port: number): Set<string> {
  const names = ["127.0.0.1", "localhost", "[::1]", host.includes(":") ? `[${host}]` : host];
  return new Set(names.map((name) => `${name.toLowerCase()}:${port}`));
}

/** 421 for a request under another name; 403 for one that another origin's page makes. */
export function onlyFromHere({ hosts }: Pick<Reach, "hosts">): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host")?.toLowerCase();
    if (host === undefined || !hosts.has(host)) {
      return context.json(refusal("wrong-host", "This server answers under its own address only."), 421);
    }
    const origin = context.req.header("origin");
    if (origin !== undefined && !hosts.has(hostOf(origin))) {
      return context.json(refusal("wrong-origin", "This server answers its own page only."), 403);
    }
    const site = context.req.header("sec-fetch-site");
    const isOpening = context.req.header("sec-fetch-mode") === "navigate" && context.req.method === "GET";
    if (site !== undefined && !["same-origin", "none"].includes(site) && !isOpening) {
      return context.json(refusal("wrong-origin", "This server answers its own page only."), 403);
    }
    return next();
  };
}

/** 401 for a request that changes something without the token, as `Authorization: Bearer TOKEN`. */
export function withToken(reach: Pick<Reach, "token">): MiddlewareHandler {
  return async (context, next) => {
    if (isBearer(reach, context.req.header("authorization"))) return next();
    return context.json(
      refusal(
        "no-token",
        "This tab may not begin or stop work: automem draws a new token at each start. Open the address that automem ui printed when it started.",
      ),
      401,
    );
  };
}

/** True for an `Authorization` header with the token. */
export function isBearer({ token }: Pick<Reach, "token">, authorization = ""): boolean {
  const [expected, given] = [Buffer.from(`Bearer ${token}`), Buffer.from(authorization)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Nothing from elsewhere, nothing inline, no frame around the page, no text taken for code. */
export function strictHeaders(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
    },
    crossOriginOpenerPolicy: "same-origin",
    crossOriginResourcePolicy: "same-origin",
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    xContentTypeOptions: true,
    strictTransportSecurity: false,
  });
}

/** How every error of the API looks. */
export function refusal(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : "";
}
