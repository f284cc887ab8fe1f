/** What a campaign is at, in a word: the same for both loops, on the terminal and on the page. */

/** The reason it ended (`all-revisions-done`, ...); without one `under way` while a process holds it, else `stopped`. Pure. */
export function campaignState(reason: string | undefined, heldBy: number | undefined): string {
  return reason ?? (heldBy === undefined ? "stopped" : "under way");
}

/** Whether it can go on. Pure. */
export function isOpen(state: string): boolean {
  return state === "stopped" || state === "under way";
}
