/**
 * The test command of the README: installs all that the tests need and runs every suite.
 * Needs Bun (this process), Python 3.11 and the package registries. What it prepares is kept in .cache/ for the next time.
 * Ends with one line: `N passed, N failed, N skipped`. Exit code 0 if nothing failed, 1 otherwise.
 */
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

const root = join(import.meta.dir, "..");
const cache = join(root, ".cache");
const reports = join(cache, "reports");
const testHome = join(cache, "test-home");
/** Where the trainer keeps the base it makes of a GGUF, so that it is made once. */
const trainerCache = join(cache, "trainer");
const binary = join(root, "dist", process.platform === "win32" ? "automem.exe" : "automem");
const bun = process.execPath;

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

await rm(reports, { recursive: true, force: true });
for (const folder of [reports, trainerCache]) await mkdir(folder, { recursive: true });
const environment: Record<string, string> = {
  ...(process.env as Record<string, string>),
  AUTOMEM_TEST_HOME: testHome,
  AUTOMEM_TEST_TRAINER_CACHE: trainerCache,
};

await check("install packages", [bun, "install", "--frozen-lockfile"]);
await check("types", [bun, "x", "tsc", "--noEmit"]);
await check("types of the page", [bun, "x", "tsc", "--noEmit", "-p", "src/web/page"]);
await check("format and lint", [bun, "x", "biome", "check", "."]);
await check("build the binary", [bun, "run", "scripts/build.ts"]);

const inTestHome = { AUTOMEM_HOME: testHome };
for (const plugin of ["courier", "crafter", "minihack", "nethack", "llama-cpp"]) {
  const levels = plugin === "minihack" ? await boxobanLevels() : undefined;
  await check(
    `plugin add ${plugin}`,
    [binary, "plugin", "add", plugin, ...(levels ? ["--assets", levels] : [])],
    inTestHome,
  );
}
await check("model add smollm2-135m", [binary, "model", "add", "smollm2-135m"], inTestHome);

// It is large (2.5 GB to download) and takes no part in the builds below.
const trainer = addTrainer();
const ollama = await prepare("build Ollama", [bun, "run", "scripts/build-ollama.ts"]);
if (ollama) environment.AUTOMEM_TEST_OLLAMA = ollama;
const llamaServer = await prepare("build llama-server", [bun, "run", "scripts/build-llama-server.ts"]);
if (llamaServer) environment.AUTOMEM_TEST_LLAMA_SERVER = llamaServer;

const chromium = await prepare("find Chromium", [bun, "run", "scripts/find-chromium.ts"]);
if (chromium) environment.AUTOMEM_TEST_CHROMIUM = chromium;

const bubblewrap = await prepare("fetch bubblewrap", [bun, "run", "scripts/fetch-bubblewrap.ts"]);
if (bubblewrap) environment.PATH = `${environment.PATH}:${dirname(bubblewrap)}`;

const hasTrainer = await trainer;
const pytest = join(cache, "pytest");
if (await installInto("install pytest", pytest, "scripts/pytest.lock")) {
  await Promise.all([
    pythonSuites([
      { name: "sdk-python", environment: "courier", lock: "plugins/sdk-python/requirements.test.lock" },
      { name: "courier", environment: "courier" },
      { name: "crafter", environment: "crafter" },
      { name: "minihack", environment: "minihack" },
      { name: "nethack", environment: "nethack" },
    ]),
    pythonSuites(
      hasTrainer
        ? [
            { name: "trl", environment: "trl" },
            { name: "llamafactory", environment: "trl" },
          ]
        : [],
    ),
  ]);
}
await bunSuite();

console.log("");
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);

/** Runs a command; it counts as one test. */
async function check(name: string, command: string[], extra: Record<string, string> = {}): Promise<boolean> {
  const begun = performance.now();
  console.log(`\n== ${name}`);
  const child = Bun.spawn(command, {
    cwd: root,
    env: { ...environment, ...extra },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const passed = (await child.exited) === 0;
  console.log(`== ${name}: ${passed ? "ok" : "FAILED"} (${((performance.now() - begun) / 1000).toFixed(0)} s)`);
  count(name, passed ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 });
  return passed;
}

/** Runs a command that brings something optional; its last stdout line is the result. Not to be had counts as skipped, with the reason. */
async function prepare(name: string, command: string[]): Promise<string | undefined> {
  console.log(`\n== ${name}`);
  const child = Bun.spawn(command, { cwd: root, env: environment, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const output = (await new Response(child.stdout).text()).trim();
  const line = output.split("\n").at(-1) ?? "";
  if ((await child.exited) === 0 && line) return line;
  console.log(`== ${name}: skipped. ${line}`);
  count(name, { passed: 0, failed: 0, skipped: 1 });
  return undefined;
}

/**
 * The trainer, with its conformance suite, beside what is built meanwhile; what it prints comes at its end. Where it cannot be had (no network, no
 * room), its tests are skipped; in CI that is a failure.
 */
async function addTrainer(): Promise<boolean> {
  const name = "plugin add trl";
  const begun = performance.now();
  const { exitCode, output } = await captured([binary, "plugin", "add", "trl"], {
    env: { ...environment, ...inTestHome, OMP_NUM_THREADS: "1" },
  });
  const added = exitCode === 0;
  const mayBeAbsent = !added && process.env.CI === undefined && !output.includes("does not keep");
  const outcome = added ? "ok" : mayBeAbsent ? "skipped: it cannot be installed here" : "FAILED";
  console.log(`\n== ${name}\n${output}== ${name}: ${outcome} (${((performance.now() - begun) / 1000).toFixed(0)} s)`);
  count(name, { passed: added ? 1 : 0, failed: added || mayBeAbsent ? 0 : 1, skipped: mayBeAbsent ? 1 : 0 });
  return added;
}

interface PythonSuite {
  /** Folder below plugins/. */
  name: string;
  /** The plugin in whose environment it runs. */
  environment: string;
  lock?: string;
}

/** pytest of the SDK and of each plugin, one after another, each in the environment a plugin was installed into. */
async function pythonSuites(suites: readonly PythonSuite[]): Promise<void> {
  for (const suite of suites) {
    const extra = join(cache, `pytest-${suite.name}`);
    if (suite.lock && !(await installInto(`install what the tests of ${suite.name} use`, extra, suite.lock))) continue;
    const folder = join(root, "plugins", suite.name);
    const report = join(reports, `pytest-${suite.name}.xml`);
    const info = Bun.spawnSync([binary, "plugin", "info", suite.environment, "--json"], {
      env: { ...environment, ...inTestHome },
    });
    const python = (JSON.parse(info.stdout.toString() || "{}") as { python?: string }).python;
    if (!python) {
      count(`pytest ${suite.name}: plugin ${suite.environment} is not installed`, { passed: 0, failed: 1, skipped: 0 });
      continue;
    }
    const words = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", `--junitxml=${report}`, "tests"];
    const paths = [folder, join(root, "plugins/sdk-python"), pytest, ...(suite.lock ? [extra] : [])];
    const begun = performance.now();
    const { output } = await captured(words, {
      cwd: folder,
      env: { ...environment, PYTHONPATH: paths.join(":"), PYTHONDONTWRITEBYTECODE: "1" },
    });
    console.log(`\n== pytest ${suite.name} (${((performance.now() - begun) / 1000).toFixed(0)} s)\n${output}`);
    await countReport(`pytest ${suite.name}`, report);
  }
}

/** Runs a command to its end; what it wrote to stdout, then what it wrote to stderr. */
async function captured(
  command: string[],
  options: { cwd?: string; env: Record<string, string> },
): Promise<{ exitCode: number; output: string }> {
  const child = Bun.spawn(command, { cwd: root, ...options, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const texts = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, output: texts.join("") };
}

/** Python packages of a lock into a folder that is put on PYTHONPATH. */
async function installInto(name: string, folder: string, lock: string): Promise<boolean> {
  const pip = ["python3", "-m", "pip", "install", "--quiet", "--require-hashes", "--upgrade"];
  return check(name, [...pip, "--target", folder, "-r", lock]);
}

async function bunSuite(): Promise<void> {
  console.log("\n== bun test");
  const report = join(reports, "bun.xml");
  const child = Bun.spawn(
    [bun, "test", "--timeout=60000", "--parallel=2", "--reporter=junit", `--reporter-outfile=${report}`, "tests"],
    {
      cwd: root,
      env: environment,
      stdin: "ignore",
      stdout: "inherit",
      stderr: "inherit",
    },
  );
  const exitCode = await child.exited;
  const failed = await countReport("bun test", report);
  if (exitCode !== 0 && failed === 0)
    count("bun test ended with an error outside of tests", { passed: 0, failed: 1, skipped: 0 });
}

/** Adds up a JUnit report; a missing one counts as one failure. Returns the failures in it. */
async function countReport(name: string, path: string): Promise<number> {
  const text = await Bun.file(path)
    .text()
    .catch(() => "");
  const suites = [...text.matchAll(/<testsuites?\b([^>]*)>/g)].map((match) => match[1] ?? "");
  const top = suites.find((attributes) => /\btests="\d+"/.test(attributes));
  if (top === undefined) {
    count(`${name}: no report`, { passed: 0, failed: 1, skipped: 0 });
    return 1;
  }
  const number = (key: string) => Number(top.match(new RegExp(`\\b${key}="(\\d+)"`))?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  const skipped = number("skipped");
  count(name, { passed: number("tests") - failed - skipped, failed, skipped });
  return failed;
}

function count(name: string, tally: Tally): void {
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
  if (tally.failed > 0) failures.push(`${name}${tally.failed > 1 ? ` (${tally.failed})` : ""}`);
}

/** The real Boxoban levels, where the machine has them: they are not committed. */
async function boxobanLevels(): Promise<string | undefined> {
  const named = process.env.AUTOMEM_BOXOBAN_LEVELS;
  const beside = join(root, "..", "shared", "data", "boxoban-levels.tar.gz");
  for (const path of [named, beside]) if (path && (await Bun.file(path).exists())) return path;
  return undefined;
}
