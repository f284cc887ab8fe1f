/** That the meter of the page's bench counts what it says it counts, on pages whose figures are known. Nothing here depends on how fast anything is. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { removeFolders } from "../store/support.ts";
import { chromiumPath, launchBrowser } from "../web/browser/browser.ts";
import { testServer } from "../web/support.ts";
import { measureFirstAnswer, measureList } from "./page-lists.ts";
import { openMeter, paintedAt, scrubbed } from "./page-meter.ts";

describe.skipIf(chromiumPath === undefined)("in Chromium", () => {
  const more = "x".repeat(12_345);
  /** Rows come when `/more` was answered; from then on the step that is wanted and the one that is shown go up with each frame. */
  const html = `<!doctype html><table><tbody></tbody></table><div class="step"><div class="panel"><h2>Seen at step 0</h2></div></div>
    <input class="scrub" value="0"><script>
    fetch("/more").then((answer) => answer.text()).then(() => {
      globalThis.rowsAtMs = performance.now();
      document.querySelector("tbody").innerHTML = "<tr></tr><tr></tr><tr></tr>";
    });
    globalThis.go = (steps) => new Promise((done) => {
      let step = 0;
      const next = () => {
        step += 1;
        document.querySelector("input").value = step;
        document.querySelector("h2").textContent = "Seen at step " + step;
        if (step < steps) requestAnimationFrame(() => requestAnimationFrame(next));
        else requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
      };
      requestAnimationFrame(next);
    });
  </script>`;
  let browser: Browser;
  let pages: Bun.Server<undefined>;

  beforeAll(async () => {
    browser = await launchBrowser();
    pages = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) => {
        const { pathname } = new URL(url);
        if (pathname === "/more") return new Response(more);
        return pathname === "/"
          ? new Response(html, { headers: { "content-type": "text/html" } })
          : new Response("", { status: 404 });
      },
    });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await pages?.stop(true);
    removeFolders();
  });

  test("something is painted after it came to be there, and only what was asked for counts", async () => {
    const meter = await openMeter(browser);
    await meter.page.goto(`http://127.0.0.1:${pages.port}/`);
    const look = `() => ({ rows: document.querySelectorAll("tbody tr").length })`;
    const paintedMs = await paintedAt(meter.page, look, "rows === 3");
    expect(paintedMs).toBeGreaterThan(await meter.page.evaluate<number>("rowsAtMs"));
    expect(paintedMs).toBeLessThanOrEqual(await meter.page.evaluate<number>("performance.now()"));
    await meter.page.close();
  }, 60_000);

  test("requests and bytes of a page are counted, each once", async () => {
    const meter = await openMeter(browser);
    const asked: string[] = [];
    meter.page.on("request", (request) => asked.push(request.url()));
    await meter.page.goto(`http://127.0.0.1:${pages.port}/`);
    await paintedAt(meter.page, `() => ({ rows: document.querySelectorAll("tr").length })`, "rows === 3");
    // The browser may ask for an icon besides, which is none.
    expect(asked.slice(0, 2).map((url) => new URL(url).pathname)).toEqual(["/", "/more"]);
    expect(meter.requests).toBe(asked.length);
    expect(meter.bytes).toBe(html.length + more.length);
    await meter.page.close();
  }, 60_000);

  test("steps that were wanted and shown while one scrubs are counted, with the frames", async () => {
    const meter = await openMeter(browser);
    await meter.page.goto(`http://127.0.0.1:${pages.port}/`);
    const found = await scrubbed(meter, ({ page }) => page.evaluate<void>("go(6)"));
    expect([found.stepsWanted, found.stepsShown]).toEqual([6, 6]);
    // A step is wanted and shown in the same frame here.
    expect(found.medianLagMs).toBe(0);
    expect(found.framesPerSecond * found.seconds).toBeGreaterThanOrEqual(12);
    expect(found.longestMs).toBeLessThanOrEqual(1000 * found.seconds);
    expect(found.heapBytes).toBeGreaterThan(0);
    await meter.page.close();
  }, 60_000);

  test("lists of a real server are measured, as many rounds as asked for", async () => {
    const server = await testServer();
    try {
      expect(Object.keys(await measureFirstAnswer(server.origin, () => 7))).toEqual(["answer ms", "server CPU ms"]);
      const list = { name: "the runs", page: "/runs", api: "/api/runs", rows: 2 };
      let cpuMs = 0;
      const found = await measureList(browser, server.origin, list, 2, () => (cpuMs += 5));
      expect(found["server CPU ms"]).toEqual([5, 5]);
      for (const name of ["answer ms", "painted ms", "kB"]) {
        expect(found[name]).toHaveLength(2);
        for (const figure of found[name]!) expect(figure).toBeGreaterThan(0);
      }
    } finally {
      await server.stop();
    }
  }, 60_000);
});
