/** What the settings of `evolve` say: those of a run, and a table `evolve` for what a campaign adds. Flags say the same things. */
import * as v from "valibot";
import { ConfirmGateSettings } from "../../campaign/gate/settings.ts";
import { ConfigError } from "../../core/errors.ts";
import { EvolveSettings } from "../../evolve/settings.ts";
import { issueText, type RunFile, readToml, runFileOf } from "../run-file.ts";
import { resolveSettings } from "../settings.ts";

const fields = EvolveSettings.entries;
/** Of either kind; what the paper's gate has no use for is left out. */
const Gate = v.strictObject({
  ...v.partial(ConfirmGateSettings).entries,
  kind: v.optional(v.picklist(["paper", "confirm"])),
});

export const EvolveFile = v.strictObject({
  reviewer: v.optional(v.string()),
  revisions: v.optional(fields.revisions.wrapped),
  attempts: v.optional(fields.attempts.wrapped),
  continuations: v.optional(fields.continuations.wrapped),
  selectSeeds: v.optional(fields.selectSeeds.wrapped),
  gate: v.optional(Gate),
  review: v.optional(v.partial(fields.review.wrapped)),
  retries: v.optional(fields.retries.wrapped),
  report: v.optional(fields.report.wrapped),
  budget: v.optional(fields.budget.wrapped),
  reviewerPrices: fields.reviewerPrices,
});
export type EvolveFile = v.InferInput<typeof EvolveFile>;

/** A settings file, or flags, taken apart. */
export interface SaidSettings {
  run: RunFile;
  evolve: EvolveFile;
}

/** Parses a settings file. Throws `ConfigError` (`bad-settings-file`). */
export function parseEvolveFile(text: string, path: string): SaidSettings {
  const { evolve = {}, ...run } = readToml(text, path);
  const parsed = v.safeParse(EvolveFile, evolve);
  if (!parsed.success) {
    throw new ConfigError(`Settings file ${path}, table evolve: ${issueText(parsed.issues)}`, {
      code: "bad-settings-file",
    });
  }
  return { run: runFileOf(run, path), evolve: evolve as EvolveFile };
}

/**
 * Settings of a campaign: defaults, then file, then flags. Throws `ConfigError`: as `resolveSettings`, and `bad-setting` for what a campaign
 * decides itself (seeds, episodes, preset) or cannot use.
 */
export async function resolveEvolveSettings(file: SaidSettings, flags: SaidSettings): Promise<EvolveSettings> {
  const said = { ...file.run, ...flags.run };
  for (const name of ["seeds", "episodes", "preset", "budget"] as const) {
    if (said[name] === undefined) continue;
    throw new ConfigError(
      `A campaign decides itself which episodes it plays: leave out "${name}". Its size is set by --revisions, --attempts, --select-seeds and the budgets.`,
      { code: "bad-setting" },
    );
  }
  const { seeds, seedSet, scaffold, preset, budget, ...play } = await resolveSettings(file.run, flags.run);
  const evolve = {
    ...file.evolve,
    ...flags.evolve,
    gate: gateOf({ ...file.evolve.gate, ...flags.evolve.gate }, { ...file.evolve, ...flags.evolve }),
    review: { ...file.evolve.review, ...flags.evolve.review },
    budget: { ...file.evolve.budget, ...flags.evolve.budget },
  };
  const settings = v.safeParse(EvolveSettings, { reviewer: "catalogue", ...evolve, scaffold, play });
  if (settings.success) return settings.output;
  throw new ConfigError(`Settings cannot be used: ${issueText(settings.issues)}`, { code: "bad-setting" });
}

/** The error budget is shared among as many tests as the campaign can begin, unless something else is said. */
function gateOf(gate: NonNullable<EvolveFile["gate"]>, evolve: EvolveFile): object {
  if (gate.kind === "paper") return { kind: "paper" };
  const { revisions = 5, attempts = 3, continuations = 1 } = evolve;
  return { looks: revisions * attempts * (1 + continuations), ...gate, kind: "confirm" };
}
