/**
 * The first command of the README: from a fresh checkout to Crafter played by a real model on this machine.
 * Brings the packages, the Crafter plugin, the llama.cpp engine and SmolLM2-135M (about 300 MB in all) into AUTOMEM_HOME
 * (default ~/.automem), plays one short episode and says what to do next. Each step is skipped if it was done before.
 */
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const bun = process.execPath;
const automem = [join(root, "dist", process.platform === "win32" ? "automem.exe" : "automem")];

await step("Installing packages", [bun, "install", "--frozen-lockfile", "--silent"]);
await step("Building dist/automem, a single file", [bun, "scripts/build.ts"]);
await step("Adding the game: automem plugin add crafter", [...automem, "plugin", "add", "crafter"]);
await step("Adding the engine: automem plugin add llama-cpp", [...automem, "plugin", "add", "llama-cpp"]);
await step("Adding the model: automem model add smollm2-135m", [...automem, "model", "add", "smollm2-135m"]);
// A model this small cannot hold the format by itself, so its replies are constrained to operations and actions that exist; few calls and
// short replies keep the first look short.
const settings = [
  "--constrain",
  "--steps",
  "10",
  "--log-calls",
  "1",
  "--plan-calls",
  "2",
  "--max-tokens",
  "64",
  "--temperature",
  "0.7",
];
await step("Playing: automem run crafter --model llama-cpp:smollm2-135m --constrain --steps 10", [
  ...automem,
  "run",
  "crafter",
  "--model",
  "llama-cpp:smollm2-135m",
  ...settings,
]);

console.log(`
That was Crafter, played by a real model on your machine. Next:

  See what it remembered   dist/automem show last
                           dist/automem show last --step 5
                           dist/automem show last --memory 10
  Play something else      dist/automem plugin add minihack
                           dist/automem run minihack --task MiniHack-MazeWalk-9x9-v0 --model llama-cpp:smollm2-135m --constrain --steps 10
  Use a stronger model     dist/automem run crafter --model ollama:qwen2.5:7b
                           dist/automem run crafter --model openai:NAME@http://127.0.0.1:8000/v1
  All commands             dist/automem --help
`);

async function step(title: string, command: string[]): Promise<void> {
  console.log(`\n▸ ${title}`);
  const child = Bun.spawn(command, { cwd: root, stdin: "inherit", stdout: "inherit", stderr: "inherit" });
  const exitCode = await child.exited;
  if (exitCode !== 0) {
    console.error(
      `\n${title} failed (exit code ${exitCode}); what it said is above. Run this command again when it is mended: finished steps are skipped.`,
    );
    process.exit(exitCode);
  }
}
