/** Numbers and times as people read them. */
import { amount, duration, grouped } from "../../../app/units.ts";

/** A share in [0, 1]: `12.5 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `1 run`, `2 runs`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** An ISO 8601 time in the reader's own zone, to the minute. Empty for none. */
export function when(iso: string): string {
  if (iso === "") return "";
  const time = new Date(iso);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** In the currency of the prices, which nobody said: small sums keep the digits that count. */
export function money(sum: number): string {
  return sum === 0 ? "0" : sum < 1 ? sum.toPrecision(2) : sum.toFixed(2);
}

/** What a part of a campaign cost. */
export function spentText({ episodes, tokens, seconds, money: sum }: Spent): string {
  const parts = [count(episodes, "episode"), `${amount(tokens)} tokens`, duration(1000 * seconds)];
  return [...parts, ...(sum > 0 ? [`${money(sum)} money`] : [])].join(", ");
}

interface Spent {
  episodes: number;
  tokens: number;
  seconds: number;
  money: number;
}
