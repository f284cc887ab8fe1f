/** A static copy of both loops' campaigns in a real browser, opened from a folder: what changed between scaffolds, the gate's steps, an adapter's lineage. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { openApp } from "../../../src/app/app.ts";
import { writeCopy } from "../../../src/web/copy/write-copy.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { type CampaignServer, campaignServer } from "../campaign-home.ts";
import { chromiumPath, launchBrowser, openPage, violations } from "./browser.ts";

const timeoutMs = 90_000;
let server: CampaignServer;
let browser: Browser;
let address: string;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  server = await campaignServer();
  const folder = join(freshFolder(), "copy");
  await writeCopy(openApp({ ...process.env, AUTOMEM_HOME: server.home }), {
    folder,
    references: [server.evolve, server.train],
    signal: new AbortController().signal,
    onBegin: () => undefined,
    onProgress: () => undefined,
  });
  address = pathToFileURL(join(folder, "index.html")).href;
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeFolders();
});

describe.skipIf(chromiumPath === undefined)("a copy of campaigns", () => {
  test(
    "says what is left out, lays scaffolds side by side, and has the runs that its verdicts stand on",
    async () => {
      const { page, problems } = await openPage(browser, { viewport: { width: 400, height: 800 } });
      await page.goto(`${address}#/campaigns/${server.evolve}`);
      const note = page.getByRole("note");
      for (const campaign of [server.evolve, server.train])
        await note.getByText(`automem ui --export FOLDER ${campaign} --campaign-runs all`).waitFor();
      await page.getByLabel("From", { exact: true }).selectOption("r1a1c0");
      await page.getByLabel("To", { exact: true }).selectOption("r2a1c0");
      const between = page.getByRole("region", { name: "Scaffolds side by side" });
      await between.locator(".added", { hasText: "GO now" }).waitFor();
      await between.locator(".removed", { hasText: "STAY" }).waitFor();
      expect(await violations(page, { preload: false })).toEqual([]);
      const sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await page.evaluate<number>(sideways)).toBeLessThanOrEqual(0);

      await page.goto(`${address}#/runs?game=ring`);
      const run = page.getByRole("row").filter({ hasText: "r1a2c0" }).getByRole("link").first();
      await run.click();
      await page.getByRole("region", { name: "Episodes" }).getByRole("link").first().click();
      await page.getByRole("heading", { name: "Seen at step 0" }).waitFor();
      expect(problems).toEqual([]);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "has its adapter's lineage, and says how to have a run that is left out",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(`${address}#/adapters/${server.adapter}`);
      await page.getByRole("button", { name: "Check its lineage down to the episodes" }).click();
      await page.getByText("all as recorded").waitFor();
      await page.getByRole("region", { name: "Lineage" }).getByRole("link").first().click();
      await page.getByText(/There is nothing of this in the copy\. Where run .* automem ui --export FOLDER/).waitFor();
      await page.close();
    },
    timeoutMs,
  );
});
