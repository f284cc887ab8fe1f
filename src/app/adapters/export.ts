/** `automem adapter export`: an adapter as files for other programs. */
import { mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type AdapterRecord, peftConfigFile, peftWeightsFile } from "../../core/adapter.ts";
import { ConfigError } from "../../core/errors.ts";
import type { App } from "../app.ts";
import { writeOutput } from "../output-file.ts";
import { mergeAdapter } from "./merge.ts";

export const adapterExportForms = ["peft", "gguf", "ollama", "merged"] as const;
export type AdapterExportForm = (typeof adapterExportForms)[number];

/**
 * Writes the adapter into an empty folder: `peft` as PEFT reads it, `gguf` one file, `ollama` that file and a Modelfile over `from` (default:
 * the base's name), `merged` base and adapter as one GGUF. Returns the written paths. Throws `ConfigError`: `adapter-form`, `folder-not-empty`,
 * `output-path`, and what `mergeAdapter` throws.
 */
export async function exportAdapter(
  app: App,
  adapter: AdapterRecord,
  folder: string,
  form: AdapterExportForm,
  from?: string,
): Promise<string[]> {
  const contents = form === "merged" ? [] : await contentsOf(app, adapter, form, from);
  const target = resolve(folder);
  await mkdir(target, { recursive: true });
  if ((await readdir(target)).length > 0) {
    throw new ConfigError(`${target} is not empty.`, { code: "folder-not-empty" });
  }
  if (form === "merged") {
    const path = join(target, `${adapter.name}-merged.gguf`);
    await mergeAdapter(app, adapter, path);
    return [path];
  }
  const written: string[] = [];
  for (const [name, content] of contents) {
    written.push(join(target, name));
    await writeOutput(join(target, name), content);
  }
  return written;
}

async function contentsOf(
  app: App,
  adapter: AdapterRecord,
  form: Exclude<AdapterExportForm, "merged">,
  from: string | undefined,
): Promise<[string, Uint8Array | string][]> {
  const { blobs } = await app.store();
  const { name, peft, gguf } = adapter;
  if (form === "peft") {
    if (peft === undefined) throw missing(adapter, "PEFT files");
    return [
      [peftConfigFile, await blobs.get(peft[peftConfigFile])],
      [peftWeightsFile, await blobs.get(peft[peftWeightsFile])],
    ];
  }
  if (gguf === undefined) throw missing(adapter, "a GGUF");
  const file = `${name}.gguf`;
  const weights: [string, Uint8Array] = [file, await blobs.get(gguf)];
  return form === "gguf" ? [weights] : [weights, ["Modelfile", modelfile(adapter, file, from)]];
}

/** Template and stop texts come with the model that it is made from. */
function modelfile({ base, name }: AdapterRecord, file: string, from: string | undefined): string {
  const model = from ?? base.model.replace(/^[a-z-]+:/, "").replace(/@.*$/, "");
  return [
    `# Adapter ${name} for ${base.model}${base.digest === undefined ? "" : `, weights ${base.digest}`}.`,
    `FROM ${model}`,
    `ADAPTER ./${file}`,
    "",
  ].join("\n");
}

function missing(adapter: AdapterRecord, what: string): ConfigError {
  return new ConfigError(`Adapter ${adapter.name.slice(0, 12)} has no ${what} in the store. Choose another --format.`, {
    code: "adapter-form",
    data: { adapter: adapter.name },
  });
}
