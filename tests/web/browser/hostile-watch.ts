/** What must not be there on a page that shows hostile texts, and what it must not do while it shows them. */
import type { Browser, Page } from "playwright-core";
import { openPage } from "./browser.ts";

/** Evaluated in the page: what must not be there, by name. */
export const findings = `(() => {
  const text = document.body.innerText;
  const unseen = [...text].filter((character) => {
    const code = character.codePointAt(0);
    return (code < 32 && code !== 9 && code !== 10) || (code >= 127 && code < 160) || (code >= 0x202a && code <= 0x202e)
      || (code >= 0x2066 && code <= 0x2069) || [0x200b, 0x200e, 0x200f, 0xfeff].includes(code);
  });
  const wrong = [];
  if (globalThis.ran !== undefined) wrong.push("ran " + globalThis.ran);
  if (unseen.length > 0) wrong.push("unseen " + unseen.map((one) => one.codePointAt(0).toString(16)).slice(0, 5));
  if (document.querySelector("main script, main iframe, main style, main base, main meta, main object")) wrong.push("an element");
  for (const image of document.querySelectorAll("img")) if (!image.src.startsWith(location.origin + "/")) wrong.push("an image from " + image.src);
  for (const link of document.querySelectorAll("a"))
    if (new URL(link.getAttribute("href"), location).origin !== location.origin) wrong.push("a link to " + link.outerHTML.slice(0, 200));
  const sideways = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (sideways > 0) wrong.push("wider than the screen by " + sideways);
  const nodes = document.querySelectorAll("*").length;
  if (nodes > 15000) wrong.push(nodes + " elements");
  return wrong;
})()`;

export interface Watched {
  page: Page;
  /** Requests to elsewhere, errors, violations of the policy. */
  said: string[];
}

export async function watched(browser: Browser, origin: string, width: number): Promise<Watched> {
  const { page, problems } = await openPage(browser, { viewport: { width, height: 900 } });
  const said = problems;
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) said.push(`asked ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    said.push(`dialog ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", (event) => console.error("violation of " + event.violatedDirective))`,
  );
  return { page, said };
}
