/** Warnings for health, food, drink and energy, by how low they are. */
import { type Status, type Vital, vitalNames } from "./status.ts";

export interface VitalWarning {
  vital: Vital;
  value: number;
  level: "critical" | "warning";
}

/** At or below the first: critical; at or below the second: warning. */
export const thresholds: Readonly<Record<Vital, readonly [critical: number, warning: number]>> = {
  health: [2, 4],
  food: [1, 3],
  drink: [1, 3],
  energy: [1, 3],
};

const remedies: Readonly<Record<Vital, string>> = {
  health: "leave danger; it comes back while food, drink and energy are above 0",
  food: "eat a cow or a ripe plant",
  drink: "face water and Do",
  energy: "close yourself in and Sleep",
};

/** Critical ones first. Vital signs that the text did not give are passed over. */
export function vitalWarnings(status: Status): VitalWarning[] {
  const warnings: VitalWarning[] = [];
  for (const vital of vitalNames) {
    const value = status.vitals[vital];
    const [critical, warning] = thresholds[vital];
    if (value === undefined || value > warning) continue;
    warnings.push({ vital, value, level: value <= critical ? "critical" : "warning" });
  }
  return [
    ...warnings.filter(({ level }) => level === "critical"),
    ...warnings.filter(({ level }) => level === "warning"),
  ];
}

export function vitalText({ vital, value, level }: VitalWarning): string {
  return `${level === "critical" ? "CRITICAL" : "WARNING"}: ${vital} ${value}/9: ${remedies[vital]}.`;
}

/** Points of health lost in the step; 0 if none, or unknown. */
export function healthLost(before: Status, after: Status): number {
  const lost = (before.vitals.health ?? 0) - (after.vitals.health ?? before.vitals.health ?? 0);
  return Math.max(0, lost);
}
