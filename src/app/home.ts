/** Where automem keeps things: `AUTOMEM_HOME`, by default `~/.automem`. */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

export interface Home {
  folder: string;
  plugins: string;
  models: string;
  store: string;
  /** Replies kept by what was asked; can be deleted. */
  calls: string;
  /** What can be made again, as bases that a trainer made of GGUF files; can be deleted. */
  cache: string;
  /** What was found when models and adapters were looked at; can be deleted. */
  checks: string;
}

/** The folders of a home. A relative `AUTOMEM_HOME` counts from the working directory. */
export function homeFrom(environment: Record<string, string | undefined>): Home {
  const named = environment.AUTOMEM_HOME;
  const folder = named ? (isAbsolute(named) ? named : resolve(named)) : join(homedir(), ".automem");
  return {
    folder,
    plugins: join(folder, "plugins"),
    models: join(folder, "models"),
    store: join(folder, "store"),
    calls: join(folder, "calls"),
    cache: join(folder, "cache"),
    checks: join(folder, "checks"),
  };
}
