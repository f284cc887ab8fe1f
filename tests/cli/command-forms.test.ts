/** What the page offers to set is what the command line takes. */
import { expect, test } from "bun:test";
import { Command, Option } from "commander";
import { commandForm } from "../../src/cli/command-forms.ts";

test("options come as declared; those for a terminal do not", () => {
  const command = new Command("run")
    .description("play")
    .option("-m, --model <model>", "which model")
    .option("--task <task>", "task; repeat for several")
    .option("--constrain", "hold replies")
    .option("--json", "print as JSON")
    .addOption(new Option("--secret <x>").hideHelp());
  expect(commandForm("run", command)).toEqual({
    command: "run",
    description: "play",
    options: [
      { flag: "--model", value: "model", description: "which model", repeats: false },
      { flag: "--task", value: "task", description: "task; repeat for several", repeats: true },
      { flag: "--constrain", value: undefined, description: "hold replies", repeats: false },
    ],
  });
});
