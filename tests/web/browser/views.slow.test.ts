/** Every view in a real browser: it shows what it should, says no errors, and is accessible; in light and dark, wide and narrow. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { removeFolders } from "../../store/support.ts";
import { type TestServer, testServer } from "../support.ts";
import { chromiumPath, launchBrowser, openPage, until, violations } from "./browser.ts";

const timeoutMs = 60_000;
let server: TestServer;
let browser: Browser;
let episode: string;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  server = await testServer();
  browser = await launchBrowser();
  const run = (await (await fetch(`${server.origin}/api/runs/${server.filled.finished}`)).json()) as {
    episodes: { key: string }[];
  };
  episode = `/runs/${server.filled.finished}/${run.episodes[0]!.key}`;
}, timeoutMs);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolders();
});

describe.skipIf(chromiumPath === undefined)("the page", () => {
  const views: [name: string, address: () => string, heading: RegExp][] = [
    ["runs", () => "/", /^Runs$/],
    ["a run", () => `/runs/${server.filled.finished}`, /ring/],
    ["an episode", () => `${episode}?step=2`, /ring/],
    ["a comparison", () => `/compare?runs=${server.filled.finished},${server.filled.stopped}`, /^Compare 2 runs$/],
    ["campaigns", () => "/campaigns", /^Campaigns$/],
    ["training", () => "/training", /^Adapters$/],
    ["start", () => "/start", /^Start$/],
    ["plugins", () => "/plugins", /^Plugins$/],
    ["an address that is none", () => "/nothing/here", /^There is nothing here$/],
  ];
  for (const [name, address, heading] of views) {
    for (const [look, options] of [
      ["light and wide", { colorScheme: "light" }],
      ["dark and narrow", { colorScheme: "dark", viewport: { width: 400, height: 800 } }],
    ] as const) {
      test(
        `shows ${name}, ${look}`,
        async () => {
          const { page, problems } = await openPage(browser, options);
          await page.goto(server.origin + address());
          await page.getByRole("heading", { level: 1 }).first().waitFor();
          const shown = await page.getByRole("heading", { level: 1 }).first().textContent();
          expect(shown).toMatch(heading);
          const title = `${shown?.trim().replaceAll(/\s+/g, " ")} - automem`;
          await until(page, `document.title === ${JSON.stringify(title)}`);
          // All answers are there.
          await until(page, `!/^(Loading|Comparing)/.test(document.querySelector("main")?.textContent ?? "")`);
          expect(await violations(page)).toEqual([]);
          const sideways = await page.evaluate<number>(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth",
          );
          expect(sideways).toBeLessThanOrEqual(0);
          // A game that is not installed draws no picture.
          expect(problems.filter((problem) => !/404|400/.test(problem))).toEqual([]);
          await page.close();
        },
        timeoutMs,
      );
    }
  }

  test(
    "goes from step to step by keys, and the address leads there",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(`${server.origin}${episode}?step=1`);
      await page.getByRole("heading", { name: "Seen at step 1" }).waitFor();
      await page.keyboard.press("ArrowRight");
      await page.getByRole("heading", { name: "Seen at step 2" }).waitFor();
      await page.waitForURL(/step=2/);
      await page.keyboard.press("End");
      await page.getByRole("heading", { name: "Seen at step 5" }).waitFor();
      await page.keyboard.press("ArrowRight");
      await page.waitForURL(/step=5/);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "draws the time line in the colours of the theme, and anew when another is chosen",
    async () => {
      const { page } = await openPage(browser, { colorScheme: "light" });
      await page.goto(`${server.origin}${episode}?step=1`);
      // How many points of the plots have the colour of lines: light theme's, dark theme's.
      const lines = `(() => {
        const counts = [0, 0];
        for (const canvas of document.querySelectorAll(".lane canvas")) {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          for (let at = 0; at < data.length; at += 4) {
            const colour = data.slice(at, at + 4).join();
            if (colour === "217,213,205,255") counts[0] += 1;
            if (colour === "53,60,67,255") counts[1] += 1;
          }
        }
        return counts;
      })()`;
      // Each lane is drawn by itself: all of them are to have come to the theme's colours, and to none of the other's.
      const only = (theme: 0 | 1) =>
        `(([light, dark]) => ${theme === 0 ? "light > 100 && dark === 0" : "dark > 100 && light === 0"})(${lines})`;
      await until(page, only(0));
      await page.getByLabel("Theme").selectOption("dark");
      await until(page, only(1));
      await page.close();
    },
    timeoutMs,
  );

  test(
    "tells the history of a line of memory that is clicked",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(`${server.origin}${episode}?step=5`);
      const line = page.locator(".lines button:not(:disabled)").first();
      await line.click();
      const history = page.getByRole("complementary", { name: "History of the line" });
      await history.getByText("written").first().waitFor();
      await history
        .getByRole("button", { name: /^step \d+$/ })
        .first()
        .click();
      await page.waitForURL(/step=[0-4]/);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "finds words and leads to their step",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(`${server.origin}${episode}?step=0`);
      await page.getByLabel("Find in this episode").fill("Room");
      await page.getByRole("button", { name: "Find" }).click();
      await page.locator(".hits li").nth(3).waitFor();
      await page.locator(".hits button").last().click();
      await page.waitForURL(/step=[1-9]/);
      await page.close();
    },
    timeoutMs,
  );
});
