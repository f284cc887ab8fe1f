/** The command line: the commands, their help, and what happens when something goes wrong. */
import tab from "@bomb.sh/tab/commander";
import { Command, CommanderError } from "commander";
import { version } from "../app/version.ts";
import type { CommandContext } from "./command-context.ts";
import { adapterCommand } from "./commands/adapter.ts";
import { compareCommand } from "./commands/compare.ts";
import { datasetCommand } from "./commands/dataset.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evolveCommand } from "./commands/evolve.ts";
import { exportCommand } from "./commands/export.ts";
import { listCommand } from "./commands/list.ts";
import { modelCommand } from "./commands/model.ts";
import { pluginCommand } from "./commands/plugin.ts";
import { reproduceCommand } from "./commands/reproduce.ts";
import { resumeCommand } from "./commands/resume.ts";
import { runCommand } from "./commands/run.ts";
import { scaffoldCommand } from "./commands/scaffold.ts";
import { showCommand } from "./commands/show.ts";
import { storeCommand } from "./commands/store.ts";
import { trainCommand } from "./commands/train.ts";
import { uiCommand } from "./commands/ui.ts";
import { whyCommand } from "./commands/why.ts";
import { describeFault, exitCodes } from "./exit-codes.ts";
import { processTerminal } from "./terminal.ts";

const examples = `
Examples:
  automem plugin add crafter                                 bring a game
  automem plugin add llama-cpp                               bring the embedded engine
  automem model add smollm2-135m                             bring a small real model
  automem run crafter --model llama-cpp:smollm2-135m         play
  automem run minihack --model ollama:qwen2.5:7b --preset paper
  automem train courier --model llama-cpp:smollm2-135m       train a memory specialist
  automem show last --step 5                                 see what the agent did and remembered
  automem compare RUN RUN --plot compare.svg                 scores, differences, memory figures, cost
  automem export last --format parquet --out tables          for other programs; also csv, inspect
  automem completion bash                                    shell completion: bash, zsh, fish, powershell

Exit codes: 0 done, 1 something failed or is owed, 2 wrong usage or settings, 70 a bug in automem, 130 stopped.
automem keeps everything under AUTOMEM_HOME (default ~/.automem).`;

/** Runs one command line (without the program's name) and returns the exit code. Never throws. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  const context: CommandContext = {
    environment: process.env,
    terminal: processTerminal(process.env),
    signal: interruption.signal,
    exitCode: exitCodes.ok,
  };
  const stopListening = onInterrupt(interruption);
  try {
    await buildProgram(context).parseAsync([...words], { from: "user" });
    return context.exitCode;
  } catch (thrown) {
    // commander has printed its message, with the nearest right word.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const fault = describeFault(thrown);
    context.terminal.note(fault.text);
    return fault.exitCode;
  } finally {
    stopListening();
  }
}

/** All commands, bound to a context. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command("automem")
    .description("Memory as a skill that an LLM agent learns apart from playing.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .addHelpText("after", examples)
    .exitOverride()
    .configureHelp({ helpWidth: Math.max(80, Math.min(context.terminal.columns, 120)) });
  for (const command of [
    runCommand,
    uiCommand,
    evolveCommand,
    trainCommand,
    resumeCommand,
    listCommand,
    showCommand,
    compareCommand,
    exportCommand,
    pluginCommand,
    modelCommand,
    adapterCommand,
    datasetCommand,
    whyCommand,
    reproduceCommand,
    scaffoldCommand,
    storeCommand,
    doctorCommand,
  ]) {
    program.addCommand(inherit(program, command(context)));
  }
  tab(program, { completionCommandName: "completion" });
  return program;
}

/** Subcommands made apart from the program do not take over its settings by themselves. */
function inherit(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(command, child);
  return command;
}

/** The first SIGINT or SIGTERM asks work to stop; a second one ends the process at once, as a terminal user expects. */
function onInterrupt(interruption: AbortController): () => void {
  const unlisten = () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
  const stop = (signal: NodeJS.Signals) => {
    if (!interruption.signal.aborted) {
      interruption.abort(new DOMException(`Stopped by ${signal}`, "AbortError"));
      return;
    }
    unlisten();
    process.kill(process.pid, signal);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return unlisten;
}
