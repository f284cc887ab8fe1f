/** Hostile texts in a real browser: nothing of them runs or is loaded, nothing breaks the page or turns it round, and it stays quick. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { removeFolders } from "../../store/support.ts";
import { type HostileRuns, longLine, recordHostileRuns } from "../hostile-store.ts";
import { type TestServer, testServer } from "../support.ts";
import { chromiumPath, launchBrowser } from "./browser.ts";
import { findings, watched } from "./hostile-watch.ts";

const timeoutMs = 120_000;
let server: TestServer;
let browser: Browser;
let runs: HostileRuns;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  server = await testServer();
  runs = await recordHostileRuns(server.filled.store, server.filled.scaffold);
  browser = await launchBrowser();
}, timeoutMs);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolders();
});

describe.skipIf(chromiumPath === undefined)("hostile texts", () => {
  const run = () => `/runs/${runs.ids[0]}`;
  const views: [name: string, address: () => string, there: string][] = [
    ["in the list of runs", () => "/", "tbody tr:nth-child(3)"],
    ["searched for", () => `/?search=${encodeURIComponent("<b>")}`, "tbody tr:nth-child(2)"],
    ["in a run", run, "tbody tr:nth-child(2)"],
    ["in a comparison", () => `/compare?runs=${runs.ids.join(",")}`, "tbody tr:nth-child(2)"],
    ["at a step", () => `${run()}/${runs.key}?step=0`, ".step .panel:nth-child(3) .file"],
    ["in a line of five million characters", () => `${run()}/${runs.key}?step=1`, ".step .panel:nth-child(3) .file"],
    ["in 200,000 lines", () => `${run()}/${runs.key}?step=2`, ".step .panel:nth-child(3) .file"],
    ["in an address", () => "/runs/<img src=x onerror=globalThis.ran=8>/%E2%80%AEx", "main .problem"],
    [
      "in a filter of an address",
      () => "/?game=<img%20src=x%20onerror=globalThis.ran=9>&sort=__proto__",
      "main .problem",
    ],
  ];
  for (const [name, address, there] of views) {
    for (const width of [400, 1400]) {
      test(
        `${name}, ${width} pixels wide, are shown and do nothing`,
        async () => {
          const { page, said } = await watched(browser, server.origin, width);
          await page.goto(server.origin + address());
          await page.locator(there).first().waitFor({ state: "attached" });
          // Once more round the loop of events, for what would run late.
          await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)))");
          expect(await page.evaluate<string[]>(findings)).toEqual([]);
          // The server refuses what is not there, and the game is not installed.
          expect(said.filter((one) => !/status of (404|400)/.test(one))).toEqual([]);
          await page.close();
        },
        timeoutMs,
      );
    }
  }

  test(
    "are read to their end a part at a time",
    async () => {
      const { page, said } = await watched(browser, server.origin, 1400);
      await page.goto(`${server.origin}${run()}/${runs.key}?step=1`);
      const all = longLine.length.toLocaleString("en");
      const seen = page.locator(".step .panel").first();
      await seen.getByText(`characters 1 to 20,000 of ${all}`).waitFor();
      await seen.getByRole("button", { name: "Last part" }).first().click();
      await seen.getByText(`to ${all} of ${all}`).waitFor();
      expect(await seen.locator("pre").first().textContent()).toMatch(/^y+$/);
      await page.keyboard.press("Escape");
      await page.locator("body").press("ArrowRight");
      await page.getByRole("heading", { name: "Seen at step 2" }).waitFor();
      const file = page.locator(".file").filter({ hasText: "200000 lines" }).first();
      await file.getByRole("button", { name: "Last rows" }).click();
      await file.locator(".lines button").filter({ hasText: "line 199999" }).waitFor();
      expect(await page.evaluate<string[]>(findings)).toEqual([]);
      expect(said.filter((one) => !/status of (404|400)/.test(one))).toEqual([]);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "are found, and a line tells its history though its file is called __proto__",
    async () => {
      const { page, said } = await watched(browser, server.origin, 1400);
      await page.goto(`${server.origin}${run()}/${runs.key}?step=3`);
      await page.getByLabel("Find in this episode").fill("<script>");
      await page.getByRole("button", { name: "Find" }).click();
      await page.locator(".hits mark").first().waitFor();
      expect(await page.locator(".hits mark").first().textContent()).toBe("<script>");
      const file = page
        .locator(".file")
        .filter({ has: page.locator("summary", { hasText: "__proto__" }) })
        .first();
      await file.locator(".lines button:not(:disabled)").first().click();
      const history = page.getByRole("complementary", { name: "History of the line" });
      await history.getByText("written").first().waitFor();
      expect(await page.evaluate<string[]>(findings)).toEqual([]);
      expect(said.filter((one) => !/status of (404|400)/.test(one))).toEqual([]);
      await page.close();
    },
    timeoutMs,
  );
});
