/** A real Chromium for tests of the page. `AUTOMEM_TEST_CHROMIUM` names it; without it these tests are skipped, with the reason. */
import axe, { type AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

export const chromiumPath = process.env.AUTOMEM_TEST_CHROMIUM ?? Bun.which("chromium") ?? undefined;

if (chromiumPath === undefined) {
  process.stderr.write("Tests of the page are skipped: no Chromium. Set AUTOMEM_TEST_CHROMIUM, or install it.\n");
}

export function launchBrowser(): Promise<Browser> {
  // Where tests run as root, as in a container, Chromium's own sandbox cannot.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: chromiumPath!, args });
}

export interface WatchedPage {
  page: Page;
  /** Errors of scripts, and what the console called an error; refused loads among them. */
  problems: string[];
}

export async function openPage(
  browser: Browser,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${message.text()} ${message.location().url}`.trim());
  });
  return { page, problems };
}

/**
 * Waits until an expression is true in the page, looking once a frame.
 * playwright's `waitForFunction` does not do: what it looks at after the first time is `eval` in the page, which the page's policy forbids.
 */
export async function until(page: Page, expression: string, withinMs = 30_000): Promise<void> {
  const giveUp = Date.now() + withinMs;
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > giveUp) throw new Error(`not true within ${withinMs / 1000} s: ${expression}`);
    await page.evaluate("new Promise(requestAnimationFrame).then(() => 0)");
  }
}

/** Rules of WCAG 2 A and AA that the page breaks, with where. What runs in the page is text, since these tests know no DOM. */
export async function violations(page: Page, { preload = true } = {}): Promise<string[]> {
  await page.evaluate(`${axe.source};0`);
  const { violations: found } = await page.evaluate<AxeResults>(
    `axe.run(document, { preload: ${preload}, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })`,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
