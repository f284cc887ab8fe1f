/** Campaigns, datasets, adapters, comparisons and checks in a real browser, on whole campaigns of both loops: what is shown, and what clicks lead to. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { openApp } from "../../../src/app/app.ts";
import { keepModelCheck } from "../../../src/app/checks/model-checks.ts";
import { removeFolders } from "../../store/support.ts";
import { type CampaignServer, campaignServer } from "../campaign-home.ts";
import { chromiumPath, launchBrowser, openPage, violations } from "./browser.ts";

const timeoutMs = 120_000;
let server: CampaignServer;
let browser: Browser;
let dataset: string;
let runs: string;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  server = await campaignServer();
  browser = await launchBrowser();
  const get = async (path: string) => (await fetch(`${server.origin}/api/${path}`)).json();
  const { adapters } = (await get("adapters")) as { adapters: { name: string; parents: { dataset: string } }[] };
  dataset = adapters.find(({ name }) => name === server.adapter)!.parents.dataset;
  const listed = (await get("runs?game=unsteady&limit=2")) as { runs: { id: string }[] };
  runs = listed.runs.map(({ id }) => id).join(",");
  const lines = [
    { name: "answers", status: "ok", found: "in 0.2 s", cost: "" },
    { name: "seed", status: "fail", found: "two texts of one seed differ", cost: "Runs cannot be repeated." },
  ] as const;
  const app = openApp({ ...process.env, AUTOMEM_HOME: server.home });
  await keepModelCheck(app, { model: "ollama:tiny", reachable: true, lines: [...lines] });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolders();
});

async function open(path: string, options: Parameters<Browser["newPage"]>[0] = {}) {
  const opened = await openPage(browser, options);
  await opened.page.goto(server.origin + path);
  await opened.page.getByRole("heading", { level: 1 }).first().waitFor();
  await opened.page
    .locator("main")
    .getByText(/^(Loading|Comparing)/)
    .first()
    .waitFor({ state: "detached" });
  return opened;
}

const sideways = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

describe.skipIf(chromiumPath === undefined)("the page", () => {
  const views: [name: string, address: () => string, shows: (page: Page) => Promise<void>][] = [
    [
      "a campaign of evolve",
      () => `/campaigns/${server.evolve}`,
      async (page) => {
        await page.getByText(/confirm \+\d/).waitFor();
        await page
          .getByRole("img", { name: /^Scores of 3 candidates/ })
          .locator("canvas")
          .waitFor();
        await page.getByText("Numbers").click();
        await page.getByRole("rowheader", { name: "r2a1c0" }).first().waitFor();
        await page.getByRole("rowheader", { name: "redundant lines written" }).waitFor();
        await page.getByRole("button", { name: "r1a2c0" }).click();
        await page.getByText("Transcript of the review").click();
        await page.getByRole("region", { name: "review" }).waitFor();
      },
    ],
    [
      "a campaign of train",
      () => `/campaigns/${server.train}`,
      async (page) => {
        await page
          .getByRole("img", { name: /^Scores of \d candidate/ })
          .locator("canvas")
          .waitFor();
        await page.getByRole("rowheader", { name: "episodes to learn from" }).waitFor();
        await page.getByRole("checkbox", { name: "put t1.1 beside others" }).check();
        await page.getByRole("checkbox", { name: "put t2.1 beside others" }).check();
        await page
          .getByRole("rowheader", { name: /^recipe\./ })
          .first()
          .waitFor();
      },
    ],
    [
      "a dataset",
      () => `/datasets/${dataset}?item=0`,
      async (page) => {
        await page.getByRole("heading", { name: "Item 0" }).waitFor();
        await page.getByLabel("Show").selectOption("set-aside");
        await page.getByRole("columnheader", { name: "Why" }).waitFor();
      },
    ],
    [
      "an adapter",
      () => `/adapters/${server.adapter}`,
      async (page) => {
        await page.getByText(`automem run unsteady --model`).waitFor();
        await page.getByText("passed", { exact: true }).waitFor();
        await page.getByRole("button", { name: "Check its lineage down to the episodes" }).click();
        await page.getByText("all as recorded").waitFor();
      },
    ],
    [
      "a comparison with memory figures",
      () => `/compare?runs=${runs}`,
      async (page) => page.getByRole("rowheader", { name: "growth, characters a step" }).waitFor(),
    ],
    [
      "plugins with certificates, and checks of models",
      () => "/plugins",
      async (page) => {
        await page
          .getByRole("button", { name: /checks passed/ })
          .last()
          .click();
        await page.getByRole("heading", { name: "Episodes played twice" }).waitFor();
        await page.getByText("Runs cannot be repeated.").waitFor();
      },
    ],
  ];
  for (const [name, address, shows] of views) {
    for (const [look, options] of [
      ["light and wide", { colorScheme: "light" }],
      ["dark and narrow", { colorScheme: "dark", viewport: { width: 400, height: 800 } }],
    ] as const) {
      test(
        `shows ${name}, ${look}`,
        async () => {
          const { page, problems } = await open(address(), options);
          await shows(page);
          expect(await violations(page)).toEqual([]);
          expect(await sideways(page)).toBeLessThanOrEqual(0);
          expect(problems).toEqual([]);
          await page.close();
        },
        timeoutMs,
      );
    }
  }

  test(
    "puts any two scaffolds of a campaign side by side",
    async () => {
      const { page } = await open(`/campaigns/${server.evolve}`);
      await page.getByLabel("From", { exact: true }).selectOption("r1a1c0");
      await page.getByLabel("To", { exact: true }).selectOption("r2a1c0");
      const between = page.getByRole("region", { name: "Scaffolds side by side" });
      await between.locator(".added", { hasText: "GO now" }).waitFor();
      await between.locator(".removed", { hasText: "STAY" }).waitFor();
      await page.close();
    },
    timeoutMs,
  );

  test(
    "leads from an item of a dataset to its step, where its reply was said",
    async () => {
      const { page } = await open(`/datasets/${dataset}?kind=write`);
      const link = page.locator("table a").first();
      const step = /step (\d+)/.exec((await link.textContent()) ?? "")![1]!;
      await link.click();
      await page.waitForURL(new RegExp(`step=${step}`));
      await page.getByRole("heading", { name: `Seen at step ${step}` }).waitFor();
      await page.close();
    },
    timeoutMs,
  );

  test(
    "sorts runs by what they cost",
    async () => {
      const { page } = await open("/runs?game=unsteady");
      await page.getByRole("button", { name: "Tokens" }).click();
      await page.waitForURL(/sort=tokens/);
      await page
        .getByRole("columnheader", { name: /Tokens/, exact: false })
        .and(page.locator("[aria-sort]"))
        .waitFor();
      await page.close();
    },
    timeoutMs,
  );
});
