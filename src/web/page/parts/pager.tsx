/** From part to part of a long list: which part is shown, of how many, and what comes before and behind. */
import { grouped } from "../../../app/units.ts";

export function Pager({
  offset,
  limit,
  matching,
  onOffset,
}: {
  offset: number;
  /** Rows of a part. */
  limit: number;
  matching: number;
  onOffset: (offset: number) => void;
}) {
  if (matching <= limit && offset === 0) return null;
  const last = Math.max(0, Math.ceil(matching / limit) - 1) * limit;
  const to = (title: string, text: string, target: number, open: boolean) => (
    <button type="button" aria-label={title} disabled={!open} onClick={() => onOffset(target)}>
      {text}
    </button>
  );
  return (
    <nav class="controls" aria-label="Parts of the list">
      {to("First rows", "|◀", 0, offset > 0)}
      {to("Rows before", "◀", Math.max(0, offset - limit), offset > 0)}
      <span class="faint" aria-live="polite">
        {grouped(offset + 1)} to {grouped(Math.min(matching, offset + limit))} of {grouped(matching)}
      </span>
      {to("Further rows", "▶", offset + limit, offset < last)}
      {to("Last rows", "▶|", last, offset < last)}
    </nav>
  );
}
