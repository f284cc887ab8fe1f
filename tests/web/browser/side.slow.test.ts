/** Two episodes in lock-step in a real browser: one step for both, by keys and scrubbing; where they part; one below the other where it is narrow. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { removeFolders } from "../../store/support.ts";
import { playRing } from "../ring-runs.ts";
import { type TestServer, testServer } from "../support.ts";
import { chromiumPath, launchBrowser, openPage, violations } from "./browser.ts";

const timeoutMs = 60_000;
let server: TestServer;
let browser: Browser;
let runs: [string, string];
let key: string;
let address: string;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  server = await testServer();
  runs = [server.filled.finished, await playRing(server.filled.store, { seeds: [1, 2], steps: 12 })];
  browser = await launchBrowser();
  const run = (await (await fetch(`${server.origin}/api/runs/${runs[0]}`)).json()) as { episodes: { key: string }[] };
  key = run.episodes[0]!.key;
  address = `${server.origin}/side?left=${runs[0]}/${key}&right=${runs[1]}/${key}`;
}, timeoutMs);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolders();
});

const side = (page: Page, title: "Left" | "Right") => page.getByRole("region", { name: new RegExp(`^${title}: `) });
const seen = (page: Page, title: "Left" | "Right", step: number) =>
  side(page, title)
    .getByRole("heading", { name: `Seen at step ${step}`, exact: true })
    .waitFor();

async function isUsable(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  const sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  expect(await page.evaluate<number>(sideways)).toBeLessThanOrEqual(0);
}

describe.skipIf(chromiumPath === undefined)("two episodes side by side", () => {
  test(
    "go from step to step together; the shorter one stays at its last",
    async () => {
      const { page, problems } = await openPage(browser);
      await page.goto(`${address}&step=2`);
      for (const title of ["Left", "Right"] as const) await seen(page, title, 2);
      await isUsable(page);
      await page.keyboard.press("ArrowRight");
      for (const title of ["Left", "Right"] as const) await seen(page, title, 3);
      await page.waitForURL(/left=.*right=.*step=3/);
      await page.keyboard.press("End");
      await seen(page, "Right", 11);
      await seen(page, "Left", 5);
      await side(page, "Left").getByText("It ended before: step 5 is its last").waitFor();
      await page.keyboard.press("Home");
      await page.getByRole("slider", { name: "Step" }).first().fill("4");
      for (const title of ["Left", "Right"] as const) await seen(page, title, 4);
      await page.keyboard.press("Home");
      await page.getByRole("slider", { name: "Step" }).first().blur();
      await page.keyboard.press("Home");
      await page.getByRole("button", { name: "Play" }).click();
      await seen(page, "Right", 11);
      await seen(page, "Left", 5);
      // A game that is not installed draws no picture.
      expect(problems.filter((problem) => !/404|400/.test(problem))).toEqual([]);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "say where they part, with a way there, and in what their runs differ",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(`${address}&step=0`);
      const answer = (await (await fetch(address.replace("/side?", "/api/side/differences?"))).json()) as {
        found: { action: number; memory: number };
      };
      await page.getByText(/^Settings that differ: /).click();
      await page.getByText("agent.logCalls", { exact: true }).waitFor();
      const parting = page.locator(".parting");
      const button = parting.getByRole("button", { name: `step ${answer.found.action}`, exact: true }).last();
      await button.click();
      for (const title of ["Left", "Right"] as const) await seen(page, title, answer.found.action);
      expect(await button.getAttribute("aria-current")).toBe("step");
      await page.close();
    },
    timeoutMs,
  );

  test(
    "have their memory laid against each other, and stand one below the other where it is narrow",
    async () => {
      const { page } = await openPage(browser, { colorScheme: "dark", viewport: { width: 400, height: 800 } });
      await page.goto(`${address}&step=4`);
      await seen(page, "Right", 4);
      const [left, right] = await Promise.all([side(page, "Left").boundingBox(), side(page, "Right").boundingBox()]);
      expect(right!.y).toBeGreaterThanOrEqual(left!.y + left!.height - 1);
      await page.getByLabel("Memory of the left one against the right one").check();
      await page.getByRole("heading", { name: "Memory at step 4, left against right" }).waitFor();
      await page.locator(".lines .removed").first().waitFor();
      await isUsable(page);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "are reached from an episode and from a comparison",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(`${server.origin}/runs/${runs[0]}/${key}?step=3`);
      await page.getByText("Beside another run's episode").click();
      await page.getByRole("region", { name: "Episodes of this task and seed" }).getByRole("link").first().click();
      await page.waitForURL(/\/side\?left=.*step=3/);
      await seen(page, "Right", 3);
      await page.goto(`${server.origin}/compare?runs=${runs.join(",")}`);
      await page
        .getByRole("link", { name: /side by side/ })
        .nth(1)
        .click();
      await page.waitForURL(/\/side\?left=.*-s2&right=.*-s2/);
      await seen(page, "Left", 0);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "that are none are said to be none",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(`${server.origin}/side?left=a/b&right=c/d`);
      await page.getByRole("heading", { name: "Side by side" }).waitFor();
      await page.getByText("There is no run").waitFor();
      await isUsable(page);
      await page.close();
    },
    timeoutMs,
  );
});
