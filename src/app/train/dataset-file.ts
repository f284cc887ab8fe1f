/**
 * What a settings file says of a dataset: who selects (`selector`, and the tables `outcome`, `selection` and `reviewerPrices`), and the table
 * `dataset`. Other tables belong to other commands.
 */
import * as v from "valibot";
import { Prices } from "../../core/budget.ts";
import { ConfigError } from "../../core/errors.ts";
import { DatasetSettings } from "../../train/dataset/settings.ts";
import { OutcomeSettings } from "../../train/selection/outcome/settings.ts";
import { SelectionSettings } from "../../train/selection/settings.ts";
import { issueText, readToml } from "../run-file.ts";

const DataTables = v.object({
  selector: v.optional(v.pipe(v.string(), v.minLength(1)), "outcome"),
  dataset: v.optional(DatasetSettings, {}),
  outcome: v.optional(OutcomeSettings, {}),
  selection: v.optional(SelectionSettings, {}),
  reviewerPrices: v.optional(Prices),
});
export type DataSettings = v.InferOutput<typeof DataTables>;
/** What flags say in place of it. */
export interface DataFlags {
  selector?: string | undefined;
  selection?: Partial<DataSettings["selection"]> | undefined;
}

export function defaultDataSettings(): DataSettings {
  return v.parse(DataTables, {});
}

/** Parses a settings file (TOML). Throws `ConfigError` (`bad-settings-file`) with the place. */
export function parseDatasetFile(text: string, path: string): DataSettings {
  const parsed = v.safeParse(DataTables, readToml(text, path));
  if (parsed.success) return parsed.output;
  throw new ConfigError(`Settings file ${path}: ${issueText(parsed.issues)}`, { code: "bad-settings-file" });
}

/** Throws `ConfigError` `bad-setting`. */
export function withDataFlags(settings: DataSettings, { selector, selection }: DataFlags): DataSettings {
  const said = {
    ...settings,
    ...(selector === undefined ? {} : { selector }),
    selection: { ...settings.selection, ...selection },
  };
  const parsed = v.safeParse(DataTables, said);
  if (parsed.success) return parsed.output;
  throw new ConfigError(`Settings cannot be used: ${issueText(parsed.issues)}`, { code: "bad-setting" });
}
