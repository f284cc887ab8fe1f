/**
 * Hostile texts of reviewers, deciders, selectors, adapters, plugins and checks of models in a real browser: as those of runs (hostile.slow.test.ts),
 * they are shown and do nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { openApp } from "../../../src/app/app.ts";
import type { CommandForm } from "../../../src/app/web/forms.ts";
import { type RunningServer, startServer } from "../../../src/web/server.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { type HostileCampaigns, recordHostileCampaigns } from "../hostile-campaigns.ts";
import { chromiumPath, launchBrowser } from "./browser.ts";
import { findings, watched } from "./hostile-watch.ts";

const timeoutMs = 120_000;
let server: RunningServer;
let origin: string;
let browser: Browser;
let made: HostileCampaigns;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  const home = freshFolder();
  mkdirSync(home, { recursive: true });
  made = await recordHostileCampaigns(home);
  const app = openApp({ ...process.env, AUTOMEM_HOME: home });
  server = await startServer(app, { host: "127.0.0.1", port: 0, forms });
  origin = new URL(server.url).origin;
  browser = await launchBrowser();
}, timeoutMs);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolders();
});

/** Part of every hostile text, as it must be read on the page. */
const shown = "<script>globalThis.ran = 1</script>";
const option = { flag: "--model", value: "<model>", description: "the model", repeats: false };
const forms: CommandForm[] = [{ command: "run", description: "play", options: [option] }];
const openAll = "for (const details of document.querySelectorAll('main details')) details.open = true";

describe.skipIf(chromiumPath === undefined)("hostile texts", () => {
  const views: [name: string, address: () => string, open: (page: Page) => Promise<void>][] = [
    [
      "of a revision in the names of scaffolds, in the list of runs and in a run",
      () => "/runs",
      async (page) => {
        const row = page.getByRole("row").filter({ hasText: "r1a1c0 <script>" }).first();
        await row.getByRole("link").first().click();
        await page.locator(".facts").getByText("r1a1c0 <script>").waitFor();
        await page.goBack();
        await row.waitFor();
      },
    ],
    [
      "in the list of campaigns",
      () => "/campaigns",
      async (page) => page.getByRole("link", { name: made.train }).waitFor(),
    ],
    [
      "of a revision, and of what its reviewer said and did",
      () => `/campaigns/${made.evolve}`,
      async (page) => {
        await page.getByRole("button", { name: "r1a1c0" }).click();
        await page.getByText("Transcript of the review").first().click();
        await page.getByRole("region", { name: "review" }).getByText(shown).first().waitFor();
      },
    ],
    [
      "of a scaffold's files, side by side",
      () => `/campaigns/${made.evolve}`,
      async (page) => {
        await page.getByLabel("From", { exact: true }).selectOption("start");
        await page.getByLabel("To", { exact: true }).selectOption("r1a1c0");
        const between = page.getByRole("region", { name: "Scaffolds side by side" });
        await between.locator(".added", { hasText: shown }).first().waitFor();
      },
    ],
    [
      "of a decider and a selector",
      () => `/campaigns/${made.train}`,
      async (page) => {
        await page.getByRole("button", { name: "t1", exact: true }).click();
        await page.getByText("What decider and selector said").click();
        await page.getByRole("region", { name: "decision" }).getByText(shown).first().waitFor();
      },
    ],
    [
      "of a dataset's selector and of why its turns were chosen",
      () => `/datasets/${made.dataset}`,
      async (page) => page.locator("main").getByText(shown).first().waitFor(),
    ],
    [
      "of an item of a dataset",
      () => `/datasets/${made.dataset}?item=0`,
      async (page) => {
        await page.getByRole("heading", { name: "Item 0" }).waitFor();
        await page.locator(".message").getByText(shown).first().waitFor();
      },
    ],
    ["of adapters and datasets in lists", () => "/training", async (page) => page.getByText(shown).first().waitFor()],
    [
      "of an adapter, its base, its canaries, its trial and its lineage",
      () => `/adapters/${made.adapter}`,
      async (page) => {
        await page.locator(".facts").getByText(shown).first().waitFor();
        await page.getByRole("button", { name: "Check its lineage down to the episodes" }).click();
        await page
          .getByRole("button", { name: "Check its lineage down to the episodes" })
          .waitFor({ state: "detached" });
      },
    ],
    [
      "of plugins with certificates, one damaged, and of checks of models",
      () => "/plugins",
      async (page) => {
        await page.getByRole("button", { name: "1 of 1 failed" }).click();
        await page.getByRole("heading", { name: "Episodes played twice" }).waitFor();
        await page.locator(".problem", { hasText: "broken" }).waitFor();
        await page.locator(".modelcheck td", { hasText: shown }).first().waitFor();
      },
    ],
    [
      "where a run is started, with a model that is called so",
      () => "/start",
      async (page) => {
        const known = page.locator("datalist option").first();
        await known.waitFor({ state: "attached" });
        await page.getByLabel("model").fill((await known.getAttribute("value"))!);
        await page.locator("code", { hasText: shown }).waitFor();
      },
    ],
  ];
  for (const [name, address, open] of views) {
    for (const width of [400, 1400]) {
      test(
        `${name}, ${width} pixels wide, are shown and do nothing`,
        async () => {
          const { page, said } = await watched(browser, origin, width);
          page.setDefaultTimeout(15_000);
          await page.goto(origin + address());
          await open(page);
          await page.evaluate(openAll);
          // Once more round the loop of events, for what would run late.
          await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))");
          expect(await page.evaluate<string[]>(findings)).toEqual([]);
          expect(said.filter((one) => !/status of (404|400)/.test(one))).toEqual([]);
          await page.close();
        },
        timeoutMs,
      );
    }
  }
});
