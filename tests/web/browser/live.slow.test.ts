/**
 * The page while things happen: a real run of courier in a process of its own, step by step as the test lets its model act; a campaign at work; a
 * server that goes away and comes back.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ActivityWriter } from "../../../src/app/activity/writer.ts";
import { openApp } from "../../../src/app/app.ts";
import type { TrainHappening } from "../../../src/train/campaign/events.ts";
import { type RunningServer, startServer } from "../../../src/web/server.ts";
import { preparedHome } from "../../e2e/automem.ts";
import { keepSomeScaffold } from "../../store/filled-store.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { ringTraining } from "../../train/campaign/support.ts";
import { type TestServer, testServer } from "../support.ts";
import { chromiumPath, launchBrowser, openPage as openPlain } from "./browser.ts";
import { type GatedModel, gatedModel } from "./gated-model.ts";

const timeoutMs = 180_000;
/** Of one thing that is waited for: a run, a server and Chromium share a small machine. */
const patienceMs = 60_000;
const main = join(import.meta.dir, "..", "..", "..", "src", "main.ts");
let browser: Browser;

beforeAll(async () => {
  if (chromiumPath !== undefined) browser = await launchBrowser();
}, timeoutMs);
afterAll(async () => {
  await browser?.close();
  removeFolders();
});

async function openPage(opened: Browser): ReturnType<typeof openPlain> {
  const watched = await openPlain(opened);
  watched.page.setDefaultTimeout(patienceMs);
  return watched;
}

const noGame = preparedHome === undefined ? " (skipped: AUTOMEM_TEST_HOME is not set: bun run verify prepares it)" : "";

describe.skipIf(chromiumPath === undefined || noGame !== "")(`a run that is played${noGame}`, () => {
  let home: string;
  let model: GatedModel;
  let server: RunningServer;
  let origin: string;
  const children: Bun.Subprocess[] = [];
  const models: GatedModel[] = [];

  beforeEach(async () => {
    home = join(freshFolder(), "home");
    mkdirSync(join(home, "plugins"), { recursive: true });
    symlinkSync(join(preparedHome!, "plugins", "courier"), join(home, "plugins", "courier"));
    model = newModel();
    server = await startServer(openApp({ ...process.env, AUTOMEM_HOME: home }), {
      host: "127.0.0.1",
      port: 0,
      forms: [],
    });
    origin = new URL(server.url).origin;
  }, timeoutMs);
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
      await child.exited;
    }
    for (const one of models.splice(0)) await one.stop();
    await server.stop();
  });

  const newModel = (): GatedModel => {
    const made = gatedModel();
    models.push(made);
    return made;
  };

  /** Resolves with the run's id when it has begun. */
  const begin = async (seeds: string, by = model): Promise<string> => {
    const words = [
      "run",
      "courier",
      "--task",
      "tiny",
      "--model",
      by.name,
      "--context",
      "8000",
      "--seeds",
      seeds,
      "--json",
    ];
    const playing = Bun.spawn([process.execPath, main, ...words], {
      env: { ...process.env, AUTOMEM_HOME: home, CI: "true" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    children.push(playing);
    const begun = Promise.withResolvers<string>();
    const listen = async () => {
      let heard = "";
      const decoder = new TextDecoder();
      for await (const chunk of playing.stdout) {
        heard += decoder.decode(chunk, { stream: true });
        const id = /"runId":"([\w-]+)"/.exec(heard)?.[1];
        if (id !== undefined) begun.resolve(id);
      }
      begun.reject(new Error(`the run did not begin: ${heard}`));
    };
    listen().catch(begun.reject);
    return begun.promise;
  };

  test(
    "is followed step by step by who stands at its end, and by nobody else; its time line grows at its end alone",
    async () => {
      const run = await begin("1");
      model.letThrough(3);
      const { page, problems } = await openPage(browser);
      const timelines: URL[] = [];
      page.on("request", (request) => request.url().includes("/timeline") && timelines.push(new URL(request.url())));
      await page.goto(`${origin}/runs/${run}`);
      await page.getByRole("link", { name: "tiny" }).click();
      const follow = page.getByRole("switch", { name: "Follow" });
      const seenAt = (step: number) =>
        page.getByRole("heading", { name: `Seen at step ${step}`, exact: true }).waitFor();
      await seenAt(3);
      expect(await follow.getAttribute("aria-checked")).toBe("true");
      // The step under way is shown as far as it has come.
      await page.locator(".message.reply").first().waitFor();
      await page.getByText("steps 0 to 3").waitFor();

      model.letThrough(1);
      await seenAt(4);
      await page.getByText("steps 0 to 4").waitFor();

      await page.keyboard.press("ArrowLeft");
      await seenAt(3);
      expect(await follow.getAttribute("aria-checked")).toBe("false");
      await page.waitForURL(/step=3/);
      model.letThrough(2);
      await page.getByText("6 steps", { exact: true }).waitFor();
      await page.getByText("steps 0 to 6").waitFor();
      await seenAt(3);
      expect(await page.getByRole("spinbutton").inputValue()).toBe("3");

      await follow.click();
      await seenAt(6);
      await page.waitForURL((url) => !url.search.includes("step="));
      model.letThrough(2);
      await seenAt(8);

      // Once it was drawn whole, only what came since was asked for.
      const ends = timelines.filter(({ searchParams }) => searchParams.has("every"));
      expect(ends.length).toBeGreaterThanOrEqual(4);
      expect(ends.every(({ searchParams }) => Number(searchParams.get("from")) >= 2)).toBe(true);
      expect(timelines.findLastIndex(({ searchParams }) => !searchParams.has("every"))).toBeLessThan(3);

      model.letThrough(1_000);
      await page.getByText("ended: terminated", { exact: true }).waitFor();
      await follow.waitFor({ state: "detached" });
      await page.waitForURL(/step=\d+/);
      // The game itself draws what was seen.
      await page.locator("img.picture").waitFor();
      const width = `(image => image.decode().then(() => image.naturalWidth))(document.querySelector("img.picture"))`;
      expect(await page.evaluate<number>(width)).toBeGreaterThan(100);
      expect(problems).toEqual([]);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "is followed beside another: both go on in one lock-step, and where they part is looked for as they go",
    async () => {
      const other = newModel();
      const [left, right] = [await begin("1"), await begin("1", other)];
      model.letThrough(3);
      other.letThrough(2);
      const { page, problems } = await openPage(browser);
      await page.goto(`${origin}/runs/${left}`);
      const key = new URL((await page.getByRole("link", { name: "tiny" }).getAttribute("href"))!, origin).pathname
        .split("/")
        .at(-1)!;
      const asked: URL[] = [];
      page.on("request", (request) => request.url().includes("/differences") && asked.push(new URL(request.url())));
      await page.goto(`${origin}/side?left=${left}/${key}&right=${right}/${key}`);
      const side = (title: "Left" | "Right") => page.getByRole("region", { name: new RegExp(`^${title}: `) });
      const seenAt = (title: "Left" | "Right", step: number) =>
        side(title)
          .getByRole("heading", { name: `Seen at step ${step}`, exact: true })
          .waitFor();
      const follow = page.getByRole("switch", { name: "Follow" });
      const parting = page.locator(".parting");

      // The one that is further on is followed; the other is shown as far as it has come.
      await seenAt("Left", 3);
      await seenAt("Right", 2);
      expect(await follow.getAttribute("aria-checked")).toBe("true");
      await side("Right").getByText("It has come no further: step 2 is its last").waitFor();
      await parting.getByText("not yet").first().waitFor();
      expect(await parting.getByRole("button").count()).toBe(0);

      other.stray();
      other.letThrough(3);
      await seenAt("Left", 3);
      await seenAt("Right", 5);
      // The third action of one was a word, of the other a walk.
      await parting.getByRole("button", { name: "step 2", exact: true }).waitFor();
      const found = asked.length;
      await page.getByRole("row", { name: /^steps 3, under way 5, under way/ }).waitFor();
      await side("Left").getByText("steps 0 to 5").waitFor();

      // Who goes back stays there, while both go on.
      await parting.getByRole("button", { name: "step 2", exact: true }).click();
      await seenAt("Left", 2);
      await seenAt("Right", 2);
      await page.waitForURL(/left=.*right=.*step=2/);
      expect(await follow.getAttribute("aria-checked")).toBe("false");
      await page.getByLabel("Memory of the left one against the right one").check();
      await page.getByRole("heading", { name: "Memory at step 2, left against right" }).waitFor();
      model.letThrough(3);
      await side("Left").getByText("steps 0 to 6").waitFor();
      await seenAt("Left", 2);
      await seenAt("Right", 2);

      await follow.click();
      await seenAt("Left", 6);
      await page.getByRole("heading", { name: "Memory at step 6, left against right" }).waitFor();
      await page.waitForURL((url) => url.search.includes("right=") && !url.search.includes("step="));

      // One ends: the other is followed on.
      model.letThrough(1_000);
      await page.getByRole("row", { name: /ended: terminated 5, under way/ }).waitFor();
      await seenAt("Right", 5);
      other.letThrough(1);
      await seenAt("Left", 6);
      await seenAt("Right", 6);
      expect(await follow.getAttribute("aria-checked")).toBe("true");

      other.letThrough(1_000);
      await page.getByRole("row", { name: /ended: terminated \d+, ended: terminated/ }).waitFor();
      await follow.waitFor({ state: "detached" });
      await page.waitForURL(/step=\d+/);
      // What was found is not looked for again, and what was looked through neither.
      expect(asked.findLastIndex(({ searchParams }) => /action/.test(searchParams.get("wanted")!))).toBeLessThan(found);
      expect(asked.length).toBeGreaterThan(found);
      expect(problems).toEqual([]);
      await page.close();
    },
    timeoutMs,
  );

  test(
    "shows steps, states and failures in its lists, and leaves alone what one chose and typed there",
    async () => {
      const run = await begin("1,2");
      const runs = (await openPage(browser)).page;
      await runs.goto(`${origin}/runs?search=courier`);
      const search = runs.getByLabel("Search");
      await runs.getByRole("checkbox").first().check();
      await search.focus();
      await runs.getByRole("row", { name: run }).getByText("under way").waitFor();

      const { page } = await openPage(browser);
      await page.goto(`${origin}/runs/${run}`);
      await page.getByText("played now").waitFor();
      model.letThrough(4);
      const first = page.getByRole("row").filter({ hasText: "under way" }).first();
      await first.getByRole("cell", { name: "4", exact: true }).waitFor();
      await runs.getByRole("row", { name: run }).getByRole("cell", { name: "4", exact: true }).waitFor();

      model.refuse();
      await page.getByText("closed for today").first().waitFor();
      await page.getByText(/2 failed/).waitFor();
      await page.getByText("played now").waitFor({ state: "detached" });
      await runs.getByText("stopped, 2 failed").waitFor();
      expect(await search.inputValue()).toBe("courier");
      expect(await runs.evaluate<string>("document.activeElement.type")).toBe("search");
      expect(await runs.getByRole("checkbox").first().isChecked()).toBe(true);
      await page.close();
      await runs.close();
    },
    timeoutMs,
  );
});

describe.skipIf(chromiumPath === undefined)("a server that goes away", () => {
  let server: TestServer;
  let again: RunningServer | undefined;
  beforeEach(async () => {
    server = await testServer();
  }, timeoutMs);
  afterEach(async () => {
    await again?.stop();
    again = undefined;
    removeFolders();
  });

  const restart = async () => {
    const home = join(server.filled.store.folder, "..");
    again = await startServer(openApp({ AUTOMEM_HOME: home }), { host: "127.0.0.1", port: server.port, forms: [] });
    return again;
  };
  const noErrors = async (page: Page) => expect(await page.locator("main .problem").count()).toBe(0);

  test(
    "is told of once, what is shown stays, and all goes on when it is back; the old token is said to be over",
    async () => {
      const { page } = await openPage(browser);
      await page.goto(server.url);
      await page.getByRole("link", { name: server.filled.finished }).waitFor();
      await server.stop();
      const away = page.getByText("automem does not answer");
      await away.waitFor();
      await page.getByText(`automem ui --port ${server.port}`).waitFor();
      await page.getByRole("link", { name: server.filled.finished }).waitFor();
      // A view that is opened meanwhile has no error of its own.
      await page.getByRole("navigation").getByRole("link", { name: "Campaigns" }).click();
      await noErrors(page);
      expect(await away.count()).toBe(1);

      const { url } = await restart();
      await away.waitFor({ state: "detached" });
      await page.getByRole("heading", { name: "Campaigns" }).waitFor();
      await page.getByText("automem was started anew").waitFor();
      await noErrors(page);
      await page.getByRole("navigation").getByRole("link", { name: "Start" }).click();
      expect(
        await page
          .getByRole("button", { name: /start|begin/i })
          .first()
          .isDisabled(),
      ).toBe(true);

      // Its new address, in the same tab.
      await page.goto(url);
      await page.getByText("automem was started anew").waitFor({ state: "detached" });
      await page.getByRole("link", { name: server.filled.stopped }).waitFor();
      await server.filled.store.runs.create({
        id: "ring-20260101-0000-aaaa",
        record: (await server.filled.store.runs.open(server.filled.finished)).record,
        createdMs: 0,
        commandLine: [],
      });
      await page.getByRole("link", { name: "ring-20260101-0000-aaaa" }).waitFor();
      await page.close();
    },
    timeoutMs,
  );

  test(
    "while an episode is looked at: the step stays, and others can be gone to afterwards",
    async () => {
      const [episode] = (await server.filled.store.runs.open(server.filled.finished)).episodes;
      const { page } = await openPage(browser);
      await page.goto(`${server.origin}/runs/${server.filled.finished}/${episode!.key}?step=1`);
      await page.getByRole("heading", { name: "Seen at step 1" }).waitFor();
      await server.stop();
      await page.getByText("automem does not answer").waitFor();
      await page.getByRole("heading", { name: "Seen at step 1" }).waitFor();
      await page.keyboard.press("End");
      await page.waitForURL(/step=5/);
      await noErrors(page);
      await restart();
      await page.getByRole("heading", { name: "Seen at step 5" }).waitFor();
      await noErrors(page);
      await page.close();
    },
    timeoutMs,
  );
});

describe.skipIf(chromiumPath === undefined)("a campaign at work", () => {
  let home: string;
  let server: RunningServer;
  beforeAll(async () => {
    home = freshFolder();
    server = await startServer(openApp({ AUTOMEM_HOME: home }), { host: "127.0.0.1", port: 0, forms: [] });
  }, timeoutMs);
  afterAll(() => server?.stop());

  test(
    "says what it does and draws the losses while it trains",
    async () => {
      const parts = await ringTraining(home, { decisions: {} });
      const { store } = parts;
      const record = { ...parts.record, scaffold: await keepSomeScaffold(store) };
      const id = "ring-train-20260101-0000-aaaa";
      const campaign = await store.campaigns.create({ id, record, createdMs: 0, commandLine: ["train", "ring"] });
      const writer = new ActivityWriter(store.campaigns.activityPath(campaign.id), { nowMs: () => 1_000 });
      const tell = (happening: TrainHappening) => writer.tell(happening);
      tell({ kind: "campaign-start", resumed: false });
      tell({ kind: "phase-start", phase: "collect", key: "r1" });
      const { page, problems } = await openPage(browser);
      await page.goto(`${new URL(server.url).origin}/campaigns/${id}`);
      await page.getByText("Collecting episodes on the train seeds").waitFor();

      const totals = { planned: 60, finished: 12, failed: 0 } as never;
      tell({
        kind: "play",
        phase: "collect",
        key: "r1",
        event: { runId: "toy-1", totals, kind: "run-start", resumed: false, owed: 48 },
      });
      await page.getByText("12 of 60 episodes").waitFor();

      tell({ kind: "training-start", key: "t1.1", recipe: {} as never });
      const step = (number: number) =>
        tell({
          kind: "training-progress",
          key: "t1.1",
          progress: {
            ...{ phase: "train", step: number, totalSteps: 12, epoch: 1, loss: 3 / number, learningRate: 0.001 },
            ...{ tokensPerSecond: 1_234, secondsLeft: 90, memoryBytes: 2_000_000_000 },
          },
        });
      const curve = () => page.getByRole("img", { name: "Loss by step" }).locator("polyline").getAttribute("points");
      for (let number = 1; number <= 5; number++) step(number);
      await page
        .getByText(/step 5 of 12, loss 0\.600, learning rate 0\.00100, 1,234 tokens\/s, .* of memory, about .* left/)
        .waitFor();
      expect((await curve())!.split(" ")).toHaveLength(5);
      const asked = page.waitForRequest(/activity\?from=9$/);
      step(6);
      await page.getByText(/step 6 of 12, loss 0\.500/).waitFor();
      expect((await curve())!.split(" ")).toHaveLength(6);
      await asked;
      expect(problems).toEqual([]);
      await writer.close();
      store.close();
      await page.close();
    },
    timeoutMs,
  );
});
