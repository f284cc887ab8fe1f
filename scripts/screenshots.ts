/**
 * Makes the pictures of the page in docs/images: `bun run screenshots [NAME...]`, after `bun run build`.
 *
 * Plays Crafter and courier, the real games, by rule (screenshot-players.ts; no model is needed, and the same play comes out each time), lets
 * `evolve` improve a scaffold for courier, starts `automem ui` over it and takes a picture of each view, light and dark. What was played is kept
 * in .cache/screenshots and taken again; remove it to play anew. AUTOMEM_TEST_HOME, where set, lends its installed plugins. `--source` runs
 * automem from this checkout instead of dist/automem.
 */
import { existsSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { rememberingScript } from "../tests/e2e/courier-script.ts";
import { crafterPlayers } from "./screenshot-players.ts";

const root = join(import.meta.dir, "..");
const images = join(root, "docs", "images");
const home = join(root, ".cache", "screenshots", "home");
const asked = process.argv.slice(2).filter((word) => word !== "--source");
const fromSource = process.argv.includes("--source");
const automem = fromSource ? [process.execPath, join(root, "src", "main.ts")] : [join(root, "dist", "automem")];

interface Picture {
  name: string;
  height: number;
  /** Goes to what is shown, and waits until it stands there. */
  open(page: Page, origin: string): Promise<void>;
}

const crafter = ["crafter", "--seeds", "44,45", "--steps", "160"];
const keeps = () => once("keeps", crafterPlayers.keeps, ["run", ...crafter]);
const forgets = () => once("forgets", crafterPlayers.forgets, ["run", ...crafter]);
const evolves = () =>
  once("evolves", rememberingScript(), [
    ...["evolve", "courier", "--task", "tiny", "--revisions", "1", "--attempts", "2"],
    ...["--select-seeds", "3", "--confirm-pairs", "12", "--parallel", "2"],
  ]);
const reportEpisodes = 10;
const episode = "default-s44";
const step = 60;

/** By name: plays what is to be seen, unless it was played before, and says how to get there. */
const pictures: Record<string, () => Promise<Omit<Picture, "name">>> = {
  episode: async () => {
    const run = await keeps();
    const open = async (page: Page, origin: string) => {
      await page.goto(`${origin}/runs/${run}/${episode}?step=${step}`);
      await page.getByRole("heading", { name: `Seen at step ${step}` }).waitFor();
      await page.locator("img.picture").first().waitFor();
    };
    return { height: 1200, open };
  },
  side: async () => {
    const [left, right] = [await keeps(), await forgets()];
    const open = async (page: Page, origin: string) => {
      await page.goto(`${origin}/side?left=${left}/${episode}&right=${right}/${episode}&step=${step}`);
      await page.locator("img.picture").nth(1).waitFor();
    };
    return { height: 1200, open };
  },
  compare: async () => {
    await evolves();
    const open = async (page: Page, origin: string) => {
      // What the campaign began with and what came of it, on the seeds of its report: no other run here is as long.
      const { runs } = (await (await fetch(`${origin}/api/runs?sort=score&order=up&search=courier`)).json()) as {
        runs: { id: string; planned: number }[];
      };
      const report = runs.filter(({ planned }) => planned === reportEpisodes).map(({ id }) => id);
      if (report.length !== 2) throw new Error(`${report.length} runs have ${reportEpisodes} episodes, not 2`);
      await page.goto(`${origin}/compare?runs=${report.join(",")}`);
      await page.getByRole("heading", { name: /^Compare/ }).waitFor();
    };
    return { height: 900, open };
  },
  campaign: async () => {
    const campaign = await evolves();
    const open = async (page: Page, origin: string) => {
      await page.goto(`${origin}/campaigns/${campaign}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
    };
    return { height: 1200, open };
  },
};

if (!fromSource && !existsSync(automem[0]!)) throw new Error("dist/automem is not built: bun run build");
await mkdir(images, { recursive: true });
await prepareHome();
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  for (const name of asked.length === 0 ? Object.keys(pictures) : asked) {
    const make = pictures[name];
    if (make === undefined) throw new Error(`There is no picture "${name}": ${Object.keys(pictures).join(", ")}.`);
    const picture = { name, ...(await make()) };
    const server = await startServer();
    try {
      await take(browser, server.origin, picture);
    } finally {
      server.stop();
    }
  }
} finally {
  await browser.close();
}

async function take(browser: Browser, origin: string, { name, open, height }: Picture): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({ viewport: { width: 1400, height }, colorScheme, reducedMotion: "reduce" });
    await open(page, origin);
    await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => undefined);
    const path = join(images, `${name}-${colorScheme}.png`);
    await page.screenshot({ path, animations: "disabled", caret: "hide" });
    await page.close();
    console.log(`${path.slice(root.length + 1)}  ${(Bun.file(path).size / 1000).toFixed(0)} kB`);
  }
}

async function prepareHome(): Promise<void> {
  await mkdir(home, { recursive: true });
  const lent = process.env.AUTOMEM_TEST_HOME;
  const plugins = join(home, "plugins");
  if (lent !== undefined && !existsSync(plugins)) await symlink(join(lent, "plugins"), plugins);
  for (const plugin of ["crafter", "courier"]) {
    if (!existsSync(join(plugins, plugin, "installed.json"))) await run(["plugin", "add", plugin]);
  }
}

/** Plays with a script; the id of the run or campaign. */
async function once(name: string, script: object, words: readonly string[]): Promise<string> {
  const said = join(home, `${name}.txt`);
  if (existsSync(said)) return Bun.file(said).text();
  await Bun.write(join(home, `${name}.json`), JSON.stringify(script));
  const output = await run([...words, "--model", `scripted:${name}.json`, "--json"]);
  const id = /"(?:campaignId|runId)":"([a-z0-9-]+)"/.exec(output)?.[1];
  if (id === undefined) throw new Error(`${words[0]} said no id:\n${output.slice(-2_000)}`);
  await Bun.write(said, id);
  return id;
}

/** In the home, so that files are named without where this checkout lies. Throws if it fails, with what it said. */
async function run(words: readonly string[]): Promise<string> {
  console.log(`automem ${words.join(" ")}`);
  const child = Bun.spawn([...automem, ...words], {
    cwd: home,
    env: { ...process.env, AUTOMEM_HOME: home },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(`automem ${words.join(" ")} failed`);
  return output;
}

async function startServer(): Promise<{ origin: string; stop(): void }> {
  const child = Bun.spawn([...automem, "ui", "--port", "0"], {
    cwd: home,
    env: { ...process.env, AUTOMEM_HOME: home },
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  let said = "";
  while (!/http:\/\/[^/]+\//.test(said)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`automem ui said no address: ${said}`);
    said += new TextDecoder().decode(value);
  }
  return { origin: /http:\/\/[^/]+/.exec(said)![0], stop: () => child.kill() };
}

async function findChromium(): Promise<string> {
  const given = process.env.AUTOMEM_TEST_CHROMIUM;
  if (given !== undefined) return given;
  const found = Bun.spawn([process.execPath, join(root, "scripts", "find-chromium.ts")], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const path = (await found.stdout.text()).trim();
  if ((await found.exited) !== 0) throw new Error("there is no Chromium to take pictures with");
  return path;
}
