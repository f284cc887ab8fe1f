/** `automem ui` of the compiled binary: the page, its files and the API from one process, and a static copy. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { missing, Sandbox, titled } from "./automem.ts";
import { rememberingScript } from "./courier-script.ts";

const reason = missing("courier");
const minute = 60_000;

/** The first line that a process prints. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let heard = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    heard += decoder.decode(chunk, { stream: true });
    if (heard.includes("\n")) return heard.slice(0, heard.indexOf("\n"));
  }
  throw new Error(`it ended and had printed ${JSON.stringify(heard)}`);
}

describe.skipIf(reason !== undefined)(titled("automem ui", reason), () => {
  test(
    "serves the page and what was played, refuses other hosts, ends at Ctrl-C; a copy holds the same page",
    async () => {
      const box = await Sandbox.make({ prepared: true });
      try {
        const model = `scripted:${await box.write("script.json", rememberingScript())}`;
        const played = await box.run("run", "courier", "--task", "tiny", "--model", model, "--seeds", "7,8");
        expect(played.exitCode).toBe(0);

        const server = box.start(["ui", "--port", "0"]);
        const address = await firstLine(server.stdout);
        expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32,}$/);
        const { origin } = new URL(address);
        const page = await (await fetch(origin)).text();
        expect(page).toContain('<div id="page"');
        const parts = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|svg))"/g)];
        expect(parts.length).toBeGreaterThanOrEqual(3);
        for (const [, path] of parts) {
          expect([path, (await fetch(origin + path)).status]).toEqual([path!, 200]);
        }
        const { runs } = (await (await fetch(`${origin}/api/runs`)).json()) as { runs: { id: string }[] };
        expect(runs).toHaveLength(1);
        const foreign = await fetch(origin, { headers: { Host: "evil.example" } });
        expect(foreign.status).toBe(421);
        server.kill("SIGINT");
        expect(await server.exited).toBe(0);
        expect(fetch(origin)).rejects.toThrow();

        const copy = join(box.folder, "copy");
        const written = await box.run("ui", "--export", copy, "--json");
        expect([written.stderr.includes("error"), written.exitCode]).toEqual([false, 0]);
        expect(existsSync(join(copy, "index.html"))).toBe(true);
        expect((await readdir(copy)).length).toBeGreaterThan(1);
        const again = await box.run("ui", "--export", box.folder);
        expect(again.exitCode).toBe(2);
        expect((await box.run("ui", "last")).exitCode).toBe(2);
      } finally {
        await box.remove();
      }
    },
    3 * minute,
  );
});
