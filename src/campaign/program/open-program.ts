/** An outside program made ready to be run again and again: found, with its settings, its jail, and the variables that it is given. */
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import { findJail, type Jail } from "../../platform/jail.ts";
import { type FoundProgram, findProgram, type Program, parseProgram } from "./program.ts";
import { CommandSettings } from "./settings.ts";

export interface ProgramOptions {
  /** `command:PROGRAM ARGS...`, `claude-code` or `claude-code:MODEL`. */
  name: string;
  /** Of this process; the program is given PATH and the variables that the settings name. */
  environment: Readonly<Record<string, string | undefined>>;
  settings?: v.InferInput<typeof CommandSettings> | undefined;
  /** Default: looked for. */
  jail?: Jail | undefined;
}

export interface OpenProgram {
  program: Program;
  found: FoundProgram;
  settings: CommandSettings;
  jail: Jail;
  network: "allow" | "deny";
  /** The variables named in the settings, with PATH. */
  environment: Readonly<Record<string, string>>;
  /** For an identity: hash, network, names of variables, jail, and a warning where the program runs without one. */
  details: JsonObject;
}

/** Throws `ConfigError`: `bad-command`, `no-program`, `bad-setting`, `no-jail` where one is required and there is none. */
export async function openProgram(options: ProgramOptions): Promise<OpenProgram> {
  const program = parseProgram(options.name);
  const settings = readSettings(options);
  const path = options.environment.PATH ?? "";
  const found = await findProgram(program, path);
  const jail = options.jail ?? (await findJail(path));
  if (jail.kind === "none" && settings.jail === "required") {
    throw new ConfigError(`${program.name} is to run in a jail, and there is none: ${jail.reason}.`, {
      code: "no-jail",
    });
  }
  const network = settings.network ?? program.network;
  const named = settings.environment ?? program.environment;
  const given = named.filter((name) => options.environment[name] !== undefined);
  const environment = Object.fromEntries(given.map((name) => [name, options.environment[name] as string]));
  const details: JsonObject = {
    program: found.hash,
    network: jail.kind === "none" ? "not restricted" : network,
    environment: [...given],
    readable: [...settings.readable],
    ...jailDetails(jail),
  };
  return { program, found, settings, jail, network, environment: { ...environment, PATH: path }, details };
}

function jailDetails(jail: Jail): { jail: string; warning?: string } {
  if (jail.kind === "bubblewrap") return { jail: `bubblewrap ${jail.version}` };
  return { jail: "none", warning: `The program could read and write all that the user can: ${jail.reason}.` };
}

function readSettings({ name, settings }: ProgramOptions): CommandSettings {
  const parsed = v.safeParse(CommandSettings, settings ?? {});
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new ConfigError(
    `The settings of ${name} cannot be used: ${v.getDotPath(issue) ?? "the whole"}: ${issue.message}.`,
    {
      code: "bad-setting",
    },
  );
}
