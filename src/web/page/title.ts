/** The title of the tab, the history and a bookmark: the page's first heading, whichever view made it. */

/** To be called once; goes on as long as the page. */
export function titleByHeading(): void {
  let last: string | undefined;
  const look = () => {
    const heading = document.querySelector("main h1")?.textContent?.trim() ?? "";
    if (heading === last) return;
    last = heading;
    document.title = heading === "" ? "automem" : `${heading.slice(0, 200)} - automem`;
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}
