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
/** What the episode is. */
let apiPath: string;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  const home = freshFolder();
  await mkdir(home, { recursive: true });
  const episode = await recordLongRun(home, steps);
  server = await startServer(openApp({ AUTOMEM_HOME: home }), { host: "127.0.0.1", port: 0, forms: [] });
  address = new URL(server.url).origin + episode;
  apiPath = `/api${episode.replace("/bench-long/", "/bench-long/episodes/")}`;
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
  /** Of the requests to the API, in order. */
  paths: string[];
  /** Steps that were on their way at the same time. */
  mostStepsAtOnce(): number;
  /** Of all answers of the API. */
  bytes: () => Promise<number>;
}

async function counted(): Promise<Counted> {
  const { page, problems } = await openPage(browser);
  // What is counted does not depend on how busy the machine is.
  page.setDefaultTimeout(timeoutMs);
  const asked = new Map<string, number>();
  const sizes: Promise<number>[] = [];
  const paths: string[] = [];
  const underWay = new Set<unknown>();
  let mostAtOnce = 0;
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/api/") || pathname === "/api/live") return;
    paths.push(pathname);
    if (!pathname.includes("/steps/")) return;
    underWay.add(request);
    mostAtOnce = Math.max(mostAtOnce, underWay.size);
  });
  for (const end of ["requestfinished", "requestfailed"] as const)
    page.on(end as "requestfinished", (request) => void underWay.delete(request));
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
  return { page, problems, asked, paths, bytes, mostStepsAtOnce: () => mostAtOnce };
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
      // The step, and those beside it.
      expect(counts.asked.get("steps")).toBeLessThanOrEqual(3);
      // What the episode is is asked once: a finished one has no more to say.
      expect(counts.paths.filter((path) => path === apiPath).length).toBe(1);
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
    "is scrubbed by mouse with few steps asked for at a time, none twice, and those beside one only where the mouse stays",
    async () => {
      const counts = await counted();
      const { page } = counts;
      await opened(counts, 0);
      const before = counts.paths.length;
      const box = (await page.locator(".lane .u-over").first().boundingBox())!;
      await page.mouse.move(box.x + 5, box.y + 20);
      await page.mouse.down();
      const moves = 200;
      let stays = 1;
      for (let move = 1; move <= moves; move++) {
        const startMs = performance.now();
        await page.mouse.move(box.x + 5 + (move / moves) * (box.width - 10), box.y + 20);
        // The page takes 200 ms without another step for a stay; of two moves that took that long one took half of it.
        if (performance.now() - startMs > 80) stays += 1;
      }
      await page.mouse.up();
      const last = Number(await page.locator("input.scrub").inputValue());
      expect(last).toBeGreaterThan(9_900);
      await page.getByRole("heading", { name: `Seen at step ${last}` }).waitFor();
      const asked = counts.paths.slice(before).filter((path) => path.includes("/steps/"));
      // Each step that passed at most once, and at most two beside each at which the mouse stayed.
      expect(new Set(asked).size).toBe(asked.length);
      expect(asked.length).toBeLessThanOrEqual(moves + 1 + 2 * stays);
      // Two that are wanted, and two beside one.
      expect(counts.mostStepsAtOnce()).toBeLessThanOrEqual(4);
      expect(await page.locator("*").count()).toBeLessThan(6_000);
      // Of the memory of a step that passes a part is made; of the one that stays, all.
      const answer = await page.request.get(`${new URL(address).origin}${apiPath}/steps/${last}`);
      const { memory } = (await answer.json()) as { memory: { lines: unknown[] }[] };
      const lines = memory.reduce((sum, file) => sum + Math.min(500, file.lines.length), 0);
      expect(lines).toBeGreaterThan(50);
      await page
        .locator(".lines li")
        .nth(lines - 1)
        .waitFor({ state: "attached" });
      expect(await page.locator(".lines li").count()).toBe(lines);
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
