/** The plugins that travel with automem, however they are kept: a folder in a checkout, or files inside the compiled binary. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type PluginFiles, readPluginFolder } from "../content-hash.ts";

/** Folder that is no plugin but what game plugins import, with a lock of its own. */
export const sdkFolder = "sdk-python";
/** Folder that `plugin new` copies. */
export const templateFolder = "template-game";

export interface FirstParty {
  /** Names that `plugin add` knows, sorted. */
  names(): Promise<readonly string[]>;
  /** The files of one folder of `plugins/`, also of `sdkFolder` and `templateFolder`; `undefined` if there is none. */
  read(folder: string): Promise<PluginFiles | undefined>;
}

/** First-party plugins of a checkout: `folder` is its `plugins/`. */
export function firstPartyFolder(folder: string): FirstParty {
  const list = async () => (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return {
    names: async () => {
      const names: string[] = [];
      for (const entry of await list()) {
        if (entry.name !== templateFolder && (await Bun.file(join(folder, entry.name, "plugin.json")).exists()))
          names.push(entry.name);
      }
      return names.sort();
    },
    read: async (name) => {
      const known = (await list()).some((entry) => entry.name === name);
      return known ? readPluginFolder(join(folder, name)) : undefined;
    },
  };
}

/** First-party plugins from a map of paths such as `crafter/plugin.json`. */
export function firstPartyMap(files: PluginFiles): FirstParty {
  return {
    names: async () => {
      const names = [...files.keys()].filter((path) => path.split("/").length === 2 && path.endsWith("/plugin.json"));
      return names
        .map((path) => path.split("/")[0]!)
        .filter((name) => name !== templateFolder)
        .sort();
    },
    read: async (name) => {
      const inside = [...files].filter(([path]) => path.startsWith(`${name}/`));
      if (inside.length === 0) return undefined;
      return new Map(inside.map(([path, content]) => [path.slice(name.length + 1), content]));
    },
  };
}
