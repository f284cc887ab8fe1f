/** Reads the settings file that a command was given. */
import { ConfigError } from "../core/errors.ts";

/** Throws `ConfigError` `bad-settings-file`. */
export async function readSettingsFile(path: string): Promise<string> {
  try {
    return await Bun.file(path).text();
  } catch (cause) {
    throw new ConfigError(`Settings file ${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      code: "bad-settings-file",
      cause,
    });
  }
}
