/** That a campaign has the confirm seeds its gate may ask for. */
import { ConfigError } from "../core/errors.ts";
import type { GateSettings } from "./gate/settings.ts";
import type { SeedPlan } from "./seed-plan.ts";

/** Asked before a campaign is recorded. Throws `ConfigError` `too-few-seeds`. */
export function checkConfirmSeeds(gate: GateSettings, plan: Pick<SeedPlan, "confirm">): void {
  if (gate.kind !== "confirm" || gate.maximumPairs <= plan.confirm.length) return;
  throw new ConfigError(
    `The gate may ask for ${gate.maximumPairs} confirm seeds, but there are ${plan.confirm.length}. Give it fewer: --confirm-pairs ${plan.confirm.length}`,
    { code: "too-few-seeds" },
  );
}
