/** A static copy in a real browser, opened from a folder and from a plain web server: every view, no requests elsewhere, no errors. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { copyOf } from "../copy-support.ts";
import { playRing } from "../ring-runs.ts";
import { type TestServer, testServer } from "../support.ts";
import { chromiumPath, launchBrowser, openPage, until, violations } from "./browser.ts";

const timeoutMs = 90_000;
/** Ends a script, a string and a line; sets something where it is taken for code. */
const hostile = `</script><script>globalThis.ran = 1</script>"); globalThis.ran = 2; // \u2028 <img src=x onerror="globalThis.ran = 3">`;

let server: TestServer;
let browser: Browser;
let plain: ReturnType<typeof Bun.serve>;
let runs: [string, string];
let key: string;
let hostileRun: string;
let origins: Record<"a folder" | "a web server", string>;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  server = await testServer();
  const { store, finished } = server.filled;
  runs = [finished, await playRing(store, { seeds: [1, 2], steps: 12 })];
  hostileRun = await playRing(store, { seeds: [1], steps: 3, look: () => hostile });
  const run = (await (await fetch(`${server.origin}/api/runs/${finished}`)).json()) as { episodes: { key: string }[] };
  key = run.episodes[0]!.key;
  const folder = join(freshFolder(), "copy");
  await copyOf(store, folder);
  // Knows files and nothing else, as any host of static pages does.
  plain = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const path = new URL(request.url).pathname;
      const file = Bun.file(join(folder, path === "/sub/" ? "index.html" : path.replace(/^\/sub/, "")));
      return (await file.exists()) ? new Response(file) : new Response("not found", { status: 404 });
    },
  });
  origins = {
    "a folder": pathToFileURL(join(folder, "index.html")).href,
    "a web server": `http://127.0.0.1:${plain.port}/sub/`,
  };
  browser = await launchBrowser();
}, timeoutMs);

afterAll(async () => {
  await browser?.close();
  await plain?.stop(true);
  await server?.stop();
  removeFolders();
});

const settled = `!/^(Loading|Comparing)/.test(document.querySelector("main")?.textContent ?? "")`;

async function isUsable(page: Page, problems: readonly string[]): Promise<void> {
  await until(page, settled);
  // Style sheets of a folder cannot be read again, and the policy forbids asking.
  expect(await violations(page, { preload: false })).toEqual([]);
  const sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  expect(await page.evaluate<number>(sideways)).toBeLessThanOrEqual(0);
  expect(problems).toEqual([]);
}

describe.skipIf(chromiumPath === undefined)("a copy", () => {
  for (const from of ["a folder", "a web server"] as const) {
    test(
      `opened from ${from} shows every view and asks nothing elsewhere`,
      async () => {
        const { page, problems } = await openPage(browser, { colorScheme: "dark" });
        const base = origins[from].replace(/index\.html$/, "");
        page.on("request", (request) => {
          if (!request.url().startsWith(base) && !request.url().startsWith("data:"))
            problems.push(`asked ${request.url()}`);
        });
        const views: [address: string, heading: RegExp][] = [
          ["", /^Runs$/],
          [`#/runs/${runs[0]}`, /ring/],
          [`#/runs/${runs[0]}/${key}?step=2`, /ring/],
          [`#/side?left=${runs[0]}/${key}&right=${runs[1]}/${key}&step=8`, /^Side by side/],
          [`#/compare?runs=${runs.join(",")}`, /^Compare 2 runs$/],
          ["#/campaigns", /^Campaigns$/],
          ["#/training", /^Adapters$/],
          ["#/plugins", /^Plugins$/],
          ["#/nothing/here", /^There is nothing here$/],
        ];
        for (const [address, heading] of views) {
          await page.goto("about:blank");
          await page.goto(origins[from] + address);
          await page.getByRole("heading", { level: 1, name: heading }).first().waitFor();
          await page.getByText(/^A copy made on \d{4}-.* by automem .* of all of a store: 4 runs/).waitFor();
          await isUsable(page, problems);
        }
        await page.close();
      },
      timeoutMs,
    );

    test(
      `opened from ${from} is gone through by links, keys, filters and searches`,
      async () => {
        const { page, problems } = await openPage(browser, { viewport: { width: 400, height: 800 } });
        await page.goto(origins[from]);
        await page.getByLabel("Search").fill(runs[0]);
        await page.getByText("1 of 4 runs").waitFor();
        await page.getByRole("link", { name: runs[0] }).click();
        await page.getByRole("region", { name: "Episodes" }).getByRole("link").first().click();
        await page.getByRole("heading", { name: "Seen at step 0" }).waitFor();
        await page.getByText("This copy was made without pictures.").waitFor();
        await page.keyboard.press("End");
        await page.getByRole("heading", { name: "Seen at step 5" }).waitFor();
        await page.waitForURL(/step=5/);
        await page.locator(".lines button:not(:disabled)").first().click();
        await page.getByRole("complementary", { name: "History of the line" }).getByText("written").first().waitFor();
        await page.getByLabel("Find in this episode").fill("room");
        await page.getByRole("button", { name: "Find" }).click();
        await page.locator(".hits button").first().click();
        await page.waitForURL(/step=0/);
        // What leads within the page leaves the view where it is.
        await page.getByRole("link", { name: "Skip to the content" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: /^Seen at step/ }).waitFor();
        expect(page.url()).toMatch(/#\/runs\//);
        await page.goBack();
        await page.getByRole("heading", { level: 1, name: runs[0] }).waitFor();
        // Nothing can be begun from a copy.
        expect(await page.getByRole("button", { name: /^(Start|Stop|Go on)$/ }).count()).toBe(0);
        expect(await page.getByRole("link", { name: "Start", exact: true }).count()).toBe(0);
        expect(problems).toEqual([]);
        await page.close();
      },
      timeoutMs,
    );

    test(
      `opened from ${from} takes no text for code`,
      async () => {
        const { page, problems } = await openPage(browser);
        await page.goto(`${origins[from]}#/runs/${hostileRun}/${key}?step=1`);
        await page.getByText("globalThis.ran = 1").first().waitFor();
        expect(await page.evaluate("globalThis.ran")).toBeUndefined();
        expect(await page.evaluate(`document.querySelectorAll("main img, main script").length`)).toBe(0);
        // The policy holds: neither a script of text nor one from elsewhere is run.
        const refused = await page.evaluate(`(() => {
          const script = document.createElement("script");
          try { script.textContent = "globalThis.ran = 4"; document.head.append(script); } catch { return "refused"; }
          return globalThis.ran === undefined ? "refused" : "ran";
        })()`);
        expect(refused).toBe("refused");
        const other = await page.evaluate(`(() => {
          try { document.createElement("script").src = "data/about.js"; } catch { return "refused"; }
          return "taken";
        })()`);
        expect(other).toBe("refused");
        expect(problems.filter((problem) => !/Trusted|Content Security/i.test(problem))).toEqual([]);
        await page.close();
      },
      timeoutMs,
    );
  }

  test(
    "shows nothing within another page",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(`http://127.0.0.1:${plain.port}/nothing`);
      await page.setContent(`<iframe src="${origins["a web server"]}" style="width:900px;height:600px"></iframe>`);
      await page.frameLocator("iframe").getByText("Open this copy by itself").waitFor();
      expect(await page.frameLocator("iframe").getByRole("heading").count()).toBe(0);
      await page.close();
    },
    timeoutMs,
  );
});
