/** What a settings file says of a dataset: the tables `dataset` and `outcome`. Other tables belong to other commands. */
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { DatasetSettings } from "../../train/dataset/settings.ts";
import { OutcomeSettings } from "../../train/selection/outcome/settings.ts";
import { issueText, readToml } from "../run-file.ts";

export interface DataSettings {
  dataset: DatasetSettings;
  outcome: OutcomeSettings;
}

const DataTables = v.object({
  dataset: v.optional(DatasetSettings, {}),
  outcome: v.optional(OutcomeSettings, {}),
});

export function defaultDataSettings(): DataSettings {
  return v.parse(DataTables, {});
}

/** Parses a settings file (TOML). Throws `ConfigError` (`bad-settings-file`) with the place. */
export function parseDatasetFile(text: string, path: string): DataSettings {
  const parsed = v.safeParse(DataTables, readToml(text, path));
  if (parsed.success) return parsed.output;
  throw new ConfigError(`Settings file ${path}: ${issueText(parsed.issues)}`, { code: "bad-settings-file" });
}
