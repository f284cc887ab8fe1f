/** Makes a gate from its settings. The contract is in `contract.ts`. */
import { confirmGate } from "./confirm.ts";
import type { Gate } from "./contract.ts";
import { paperGate } from "./paper.ts";
import type { GateSettings } from "./settings.ts";

export type { CampaignSoFar, Gate, GateFigures, GateStep, GateVerdict, Screening, SeedPair } from "./contract.ts";
export { seedBlocks, type TaskPair } from "./seed-blocks.ts";
export { GateSettings, type GateSettingsInput } from "./settings.ts";

/** `settings` as parsed by `GateSettings`. */
export function createGate(settings: GateSettings): Gate {
  return settings.kind === "paper" ? paperGate() : confirmGate(settings);
}
