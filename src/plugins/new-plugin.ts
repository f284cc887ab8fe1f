/** `plugin new`: a third-party game plugin from the template, which passes `verify` as it stands. */
import { readdir } from "node:fs/promises";
import * as v from "valibot";
import { ConfigError, PluginError } from "../core/errors.ts";
import { type PluginFiles, writeFiles } from "./content-hash.ts";
import { type FirstParty, templateFolder } from "./install/first-party.ts";
import { PluginName } from "./manifest.ts";

/**
 * Writes the template into `folder`, which must be empty or absent, and returns the written paths, sorted.
 * Throws `ConfigError`: `bad-plugin-name`, `folder-not-empty`.
 */
export async function newPlugin(name: string, folder: string, firstParty: FirstParty): Promise<string[]> {
  if (!v.is(PluginName, name)) {
    throw new ConfigError(
      `"${name}" cannot name a plugin: use lower-case letters, digits and single dashes, a letter first.`,
      {
        code: "bad-plugin-name",
      },
    );
  }
  if ((await firstParty.names()).includes(name)) {
    throw new ConfigError(`"${name}" is the name of a plugin that comes with automem; choose another.`, {
      code: "bad-plugin-name",
    });
  }
  const present = await readdir(folder).catch((): string[] => []);
  if (present.length > 0) throw new ConfigError(`${folder} is not empty.`, { code: "folder-not-empty" });
  const template = await firstParty.read(templateFolder);
  if (template === undefined)
    throw new PluginError("The plugin template is not part of this automem.", { code: "template-missing" });
  const files = fillTemplate(template, name);
  await writeFiles(folder, files);
  return [...files.keys()].sort();
}

/** Replaces `__NAME__`, `__MODULE__` and `__TITLE__` in names and contents. Pure. */
export function fillTemplate(template: PluginFiles, name: string): PluginFiles {
  const words = name.split("-");
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
  const fill = (text: string) =>
    text.replaceAll("__NAME__", name).replaceAll("__MODULE__", words.join("_")).replaceAll("__TITLE__", title);
  return new Map(
    [...template].map(([path, content]) => [
      fill(path),
      new TextEncoder().encode(fill(new TextDecoder().decode(content))),
    ]),
  );
}
