/** How lists come to stand on the screen in a real browser: what is asked how often, and views that are loaded later. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { removeFolders } from "../../store/support.ts";
import { type TestServer, testServer } from "../support.ts";
import { chromiumPath, launchBrowser, openPage, violations } from "./browser.ts";

const timeoutMs = 60_000;
let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  server = await testServer();
  browser = await launchBrowser();
}, timeoutMs);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolders();
});

/** What this page asks the API from now on, but for the stream of events. */
function questions(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/api/") && pathname !== "/api/live") asked.push(pathname + search);
  });
  return asked;
}

/** Until another stream of events, opened behind the page's own, has told all that it tells at first. */
async function toldOfNews(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const events = new EventSource("/api/live?run=${server.filled.finished}");
    events.addEventListener("run", () => { events.close(); requestAnimationFrame(() => setTimeout(resolve, 0)); });
  })`);
}

describe.skipIf(chromiumPath === undefined)("a list", () => {
  test.each([
    ["/runs", "/api/runs"],
    ["/runs?search=ring%20%3E%22%C3%B6&sort=score", "/api/runs?search=ring+%3E%22%C3%B6&sort=score"],
    ["RUN?sort=seed&order=down", "/api/RUN?sort=seed&order=down"],
    ["/campaigns", "/api/campaigns"],
  ])(
    "%s is asked for once, early, and the page takes that answer",
    async (address, question) => {
      const name = (text: string) =>
        text.replace("RUN", `${text.startsWith("/api/") ? "" : "/"}runs/${server.filled.finished}`);
      const { page, problems } = await openPage(browser);
      const asked = questions(page);
      const opened = page.waitForResponse((response) => response.url() === server.origin + name(question));
      await page.goto(server.origin + name(address));
      await opened;
      await page.getByRole("heading", { level: 1 }).waitFor();
      await toldOfNews(page);
      expect(asked).toEqual([name(question)]);
      const begun = await page.evaluate<string>(
        `performance.getEntriesByType("resource").find(({ name }) => name.includes("/api/")).initiatorType`,
      );
      expect(begun).toBe("link");
      expect(problems).toEqual([]);
      await page.close();
    },
    timeoutMs,
  );
});

describe.skipIf(chromiumPath === undefined)("a view that is loaded later", () => {
  test(
    "is told of where it cannot be loaded, and comes when the page is loaded again",
    async () => {
      const { page } = await openPage(browser);
      await page.route(/\/plugins-[^/]*\.js$/, (route) => route.abort());
      await page.goto(`${server.origin}/runs`);
      await page.getByRole("link", { name: "Plugins and models" }).click();
      await page.getByText("could not be loaded").waitFor();
      expect(await violations(page)).toEqual([]);
      await page.unrouteAll();
      await page.getByRole("button", { name: "Load the page again" }).click();
      await page.getByRole("heading", { name: "Plugins", exact: true }).waitFor();
      await page.close();
    },
    timeoutMs,
  );

  test(
    "is there without a server once the page had nothing else to do",
    async () => {
      const { page } = await openPage(browser);
      const later = page.waitForResponse((response) => /\/adapter-[^/]*\.js$/.test(response.url()));
      await page.goto(`${server.origin}/runs`);
      await (await later).finished();
      const programs: string[] = [];
      page.on("request", (request) => request.url().endsWith(".js") && programs.push(request.url()));
      await page.route("**/*", (route) => route.abort());
      await page.getByRole("link", { name: "Start" }).click();
      await page.getByRole("link", { name: "Start" }).and(page.locator("[aria-current]")).waitFor();
      expect(programs).toEqual([]);
      await page.close();
    },
    timeoutMs,
  );
});
