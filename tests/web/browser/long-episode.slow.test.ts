/** An episode of 10,000 steps in a real browser: what one does with it, and how little the page asks for it. Counts, no times. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { openApp } from "../../../src/app/app.ts";
import { type RunningServer, startServer } from "../../../src/web/server.ts";
import { recordLongRun } from "../../bench/page-store.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { chromiumPath, launchBrowser, openPage } from "./browser.ts";

const timeoutMs = 180_000;
const steps = 10_000;
let server: RunningServer;
let browser: Browser;
let address: string;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  const home = freshFolder();
  await mkdir(home, { recursive: true });
  const episode = await recordLongRun(home, steps);
  server = await startServer(openApp({ AUTOMEM_HOME: home }), { host: "127.0.0.1", port: 0, forms: [] });
  address = new URL(server.url).origin + episode;
  browser = await launchBrowser();
}, timeoutMs);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolders();
});

interface Counted {
  page: Page;
  problems: string[];
  /** Requests to the API, by the last part of their path that is a word. */
  asked: Map<string, number>;
  /** Of all answers of the API. */
  bytes: () => Promise<number>;
}

async function counted(): Promise<Counted> {
  const { page, problems } = await openPage(browser);
  // What is counted does not depend on how busy the machine is.
  page.setDefaultTimeout(timeoutMs);
  const asked = new Map<string, number>();
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith("/api/") || pathname === "/api/live") return;
    const name = /[a-z]+(?=(?:\/\d+)?$)/.exec(pathname)?.[0] ?? pathname;
    asked.set(name, (asked.get(name) ?? 0) + 1);
    sizes.push(
      response.body().then(
        ({ length }) => length,
        () => 0,
      ),
    );
  });
  const bytes = async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return { page, problems, asked, bytes };
}

async function opened(counts: Counted, step: number): Promise<void> {
  await counts.page.goto(`${address}?step=${step}`);
  await counts.page.getByRole("heading", { name: `Seen at step ${step}` }).waitFor();
  await counts.page.locator(".lane canvas").nth(2).waitFor();
  await counts.page.locator(".zoom").filter({ hasNotText: "reading" }).waitFor();
}

describe.skipIf(chromiumPath === undefined)("an episode of 10,000 steps", () => {
  test(
    "opens with a few requests, and not with its trace",
    async () => {
      const counts = await counted();
      await opened(counts, 5_000);
      // The first one until it is known how many there are, the step, and those beside it.
      expect(counts.asked.get("steps")).toBeLessThanOrEqual(4);
      // Asked again while parts are read, a quarter of a second of reading each.
      expect(counts.asked.get("timeline")).toBeLessThanOrEqual(40);
      expect(await counts.bytes()).toBeLessThan(5_000_000);
      expect(await counts.page.locator("*").count()).toBeLessThan(6_000);
      expect(counts.problems.filter((one) => !/404|400/.test(one))).toEqual([]);
      await counts.page.close();
    },
    timeoutMs,
  );

  test(
    "is gone through by End, Home and the address, a step at a time",
    async () => {
      const counts = await counted();
      const { page } = counts;
      await opened(counts, 17);
      await page.keyboard.press("End");
      await page.getByRole("heading", { name: "Seen at step 9999" }).waitFor();
      await page.waitForURL(/step=9999/);
      await page.keyboard.press("Home");
      await page.getByRole("heading", { name: "Seen at step 0" }).waitFor();
      await page.waitForURL(/step=0/);
      // Three steps, and at most two beside each.
      expect(counts.asked.get("steps")).toBeLessThanOrEqual(9);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "is scrubbed by mouse with one step asked for at a time, whatever passes below the mouse",
    async () => {
      const counts = await counted();
      const { page } = counts;
      await opened(counts, 0);
      const before = counts.asked.get("steps") ?? 0;
      const box = (await page.locator(".lane .u-over").first().boundingBox())!;
      await page.mouse.move(box.x + 5, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 5, box.y + 20, { steps: 200 });
      await page.mouse.up();
      const last = Number(await page.locator("input.scrub").inputValue());
      expect(last).toBeGreaterThan(9_900);
      await page.getByRole("heading", { name: `Seen at step ${last}` }).waitFor();
      // 200 steps were passed over; where one stayed a moment, those beside it were loaded too.
      expect((counts.asked.get("steps") ?? 0) - before).toBeLessThanOrEqual(603);
      expect(await page.locator("*").count()).toBeLessThan(6_000);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "is searched to its end, and a hit leads to its step",
    async () => {
      const counts = await counted();
      const { page } = counts;
      await opened(counts, 0);
      await page.getByLabel("Find in this episode").fill("gate 9996 is");
      await page.getByRole("button", { name: "Find" }).click();
      await page
        .locator(".find")
        .getByText(/found$/)
        .waitFor();
      await page.locator(".hits button").first().click();
      await page.waitForURL(/step=999[67]/);
      expect(counts.asked.get("search")).toBeLessThanOrEqual(42);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "shows of a search with very many hits a part, and says that there are more",
    async () => {
      const counts = await counted();
      const { page } = counts;
      await opened(counts, 0);
      await page.getByLabel("Find in this episode").fill("walk");
      await page.getByRole("button", { name: "Find" }).click();
      await page.locator(".find").getByText("and more").waitFor();
      expect(await page.locator(".hits li").count()).toBeLessThan(3_000);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "tells the history of a line over all of it",
    async () => {
      const counts = await counted();
      const { page } = counts;
      await opened(counts, 40);
      await page.locator(".lines button:not(:disabled)").first().click();
      const history = page.getByRole("complementary", { name: "History of the line" });
      await history.getByText("written").first().waitFor();
      await history.getByText("looking through the episode").waitFor({ state: "detached" });
      expect(counts.asked.get("line")).toBeLessThanOrEqual(42);
      await page.close();
    },
    timeoutMs,
  );
});
