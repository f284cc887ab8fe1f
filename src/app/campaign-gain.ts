/** What a campaign won by what it accepted, with the interval: one figure for lists. */
import { points } from "../core/points.ts";

/** Shares of the score, 95 % interval. */
export interface CampaignGain {
  /**
   * `report`: the last accepted - what the campaign started with. `confirm`, where those seeds were not opened: the last accepted - the scaffold
   * before it, or - the base alone for a specialist; a test that stops when it has seen enough flatters this one.
   */
  seeds: "report" | "confirm";
  difference: number;
  low: number;
  high: number;
  pairs: number;
}

interface Report {
  difference: number | undefined;
  low: number | undefined;
  high: number | undefined;
  pairs: number;
}

interface Confirmed {
  estimate: number | undefined;
  interval: readonly [low: number, high: number] | undefined;
  pairs: number;
}

/** Of a campaign that accepted something; `undefined` where no interval is to be had. */
export function gainOf(report: Report | undefined, confirmed: Confirmed | undefined): CampaignGain | undefined {
  if (report?.difference !== undefined && report.low !== undefined && report.high !== undefined) {
    const { difference, low, high, pairs } = report;
    return { seeds: "report", difference, low, high, pairs };
  }
  if (confirmed?.estimate === undefined || confirmed.interval === undefined) return undefined;
  const [low, high] = confirmed.interval;
  return { seeds: "confirm", difference: confirmed.estimate, low, high, pairs: confirmed.pairs };
}

/** `+26.7 (+6.7 to +46.7)`, points; `-` for none. */
export function gainText(gain: CampaignGain | undefined): string {
  return gain === undefined ? "-" : `${points(gain.difference)} (${points(gain.low)} to ${points(gain.high)})`;
}
