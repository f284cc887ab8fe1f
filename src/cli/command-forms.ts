/** The options of the commands that the page can begin, read off the commands themselves, so that both always offer the same. */
import type { Command, Option } from "commander";
import type { CommandForm, FormOption } from "../app/web/forms.ts";

/** What makes no sense without a terminal, or is set by the page. */
const leftOut: ReadonlySet<string> = new Set(["--json", "--dry-run", "--help"]);

export function commandForm(name: CommandForm["command"], command: Command): CommandForm {
  const options = command.options.filter(({ long, hidden }) => !hidden && long !== undefined && !leftOut.has(long));
  return { command: name, description: command.description(), options: options.map(formOption) };
}

function formOption(option: Option): FormOption {
  const value = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  return {
    flag: option.long!,
    value,
    description: option.description,
    repeats: /\brepeat\b/.test(option.description),
  };
}
