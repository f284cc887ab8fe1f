/** What the bench of the page reads off a real Chromium: when something stands on the screen, frames while one scrubs, requests, bytes, memory. */
import type { Browser, CDPSession, Page } from "playwright-core";

/** Of an address, from the start of the navigation. */
export interface Opening {
  /** The whole episode's time line and the step's text are painted; null if they never were. */
  firstMs: number;
  /** No part of the time line is missing any more. */
  wholeMs: number;
  requests: number;
  bytes: number;
}

export interface Scrubbing {
  seconds: number;
  framesPerSecond: number;
  /** Frames that took more than 1/30 s, and the longest one. */
  slowFrames: number;
  longestMs: number;
  /** How often another step was wanted, and how often another step's text stood on the screen. */
  stepsWanted: number;
  stepsShown: number;
  /** From a step being wanted until its text stood there: half took no longer. What is wanted between two frames is not seen, so the longest is not known. */
  medianLagMs: number;
  requests: number;
  bytes: number;
  heapBytes: number;
}

export interface Meter {
  page: Page;
  session: CDPSession;
  requests: number;
  bytes: number;
}

/** Texts that run in the page: these files know no DOM. */
const scripts = {
  shown: `(() => {
    const seen = document.querySelector(".step .panel h2")?.textContent ?? "";
    const step = /\\d+/.exec(seen)?.[0];
    const zoom = document.querySelector(".timeline .zoom")?.textContent ?? "";
    return { step: step === undefined ? -1 : Number(step), lanes: document.querySelectorAll(".lane canvas").length, reading: /reading/.test(zoom) };
  })`,
  frames: `(() => {
    const look = { times: [], shown: [], wanted: [], going: true };
    globalThis.scrubbing = look;
    const shown = SHOWN;
    const frame = (time) => {
      if (!look.going) return;
      look.times.push(time);
      const { step } = shown();
      if (look.shown.at(-1)?.step !== step) look.shown.push({ step, time });
      const wanted = Number(document.querySelector("input.scrub")?.value ?? -1);
      if (look.wanted.at(-1)?.step !== wanted) look.wanted.push({ step: wanted, time });
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })()`,
} as const;

export async function openMeter(browser: Browser): Promise<Meter> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const session = await page.context().newCDPSession(page);
  const meter: Meter = { page, session, requests: 0, bytes: 0 };
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", () => {
    meter.requests += 1;
  });
  session.on("Network.dataReceived", ({ dataLength }) => {
    meter.bytes += dataLength;
  });
  return meter;
}

/** Goes to an episode and waits until all of its time line is there. */
export async function openEpisode(meter: Meter, address: string): Promise<Opening> {
  const { page } = meter;
  const before = { requests: meter.requests, bytes: meter.bytes };
  await page.goto(address);
  const firstMs = await paintedAt(page, scripts.shown, "step >= 0 && lanes > 0");
  const wholeMs = await paintedAt(page, scripts.shown, "step >= 0 && lanes > 0 && !reading");
  return { firstMs, wholeMs, requests: meter.requests - before.requests, bytes: meter.bytes - before.bytes };
}

/**
 * Milliseconds from the navigation until `condition` over what `look` (text of a function) returns held when a frame began, and that frame was
 * painted. The page's policy forbids to evaluate texts, so Playwright's own waiting would fail: this is evaluated once and looks by itself.
 */
export function paintedAt(page: Page, look: string, condition: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve, reject) => {
    const look = ${look};
    const frame = () => {
      const { step, lanes, reading, rows } = look();
      if (${condition}) requestAnimationFrame(() => resolve(performance.now()));
      else if (performance.now() > 120_000) reject(new Error("not painted within two minutes"));
      else requestAnimationFrame(frame);
    };
    frame();
  })`);
}

/** Watches frames and steps while `scrub` moves the mouse or holds a key. */
export async function scrubbed(meter: Meter, scrub: (meter: Meter) => Promise<void>): Promise<Scrubbing> {
  const { page, session } = meter;
  const before = { requests: meter.requests, bytes: meter.bytes };
  await page.evaluate(scripts.frames.replace("SHOWN", scripts.shown));
  await scrub(meter);
  const { times, shown, wanted } = await page.evaluate<{ times: number[]; shown: Moment[]; wanted: Moment[] }>(
    "scrubbing.going = false, scrubbing",
  );
  const lengths = times.slice(1).map((time, index) => time - times[index]!);
  const seconds = (times.at(-1)! - times[0]!) / 1000;
  const lags = lagsOf(wanted, shown);
  await session.send("HeapProfiler.collectGarbage");
  const heap = (await session.send("Runtime.getHeapUsage")) as { usedSize: number };
  return {
    seconds,
    framesPerSecond: lengths.length / seconds,
    slowFrames: lengths.filter((length) => length > 1000 / 30 + 1).length,
    longestMs: Math.max(...lengths),
    stepsWanted: wanted.length - 1,
    stepsShown: shown.length - 1,
    medianLagMs: lags.toSorted((one, other) => one - other)[Math.floor(lags.length / 2)] ?? Number.NaN,
    requests: meter.requests - before.requests,
    bytes: meter.bytes - before.bytes,
    heapBytes: heap.usedSize,
  };
}

/** Presses on the first lane and goes over it from left to right and back for `seconds`, 80 moves a second, whether they are keeping up or not. */
export async function dragOver({ page, session }: Meter, seconds: number): Promise<void> {
  const box = (await page.locator(".lane .u-over").first().boundingBox())!;
  const y = box.y + box.height / 2;
  const endMs = performance.now() + 1000 * seconds;
  await page.mouse.move(box.x + 2, y);
  await page.mouse.down();
  for (let move = 0; performance.now() < endMs; move += 1) {
    const share = Math.abs(((move / 240) % 2) - 1);
    const x = box.x + 2 + (1 - share) * (box.width - 4);
    session
      .send("Input.dispatchMouseEvent", { type: "mouseMoved", x, y, button: "left", buttons: 1 })
      .catch(() => undefined);
    await Bun.sleep(12);
  }
  await page.mouse.up();
}

/** Holds the right arrow key, which then says itself 30 times a second as a keyboard does. */
export async function holdArrow({ page, session }: Meter, seconds: number): Promise<void> {
  const arrow = { key: "ArrowRight", code: "ArrowRight", windowsVirtualKeyCode: 39 };
  const endMs = performance.now() + 1000 * seconds;
  while (performance.now() < endMs) {
    session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", autoRepeat: true, ...arrow }).catch(() => undefined);
    await Bun.sleep(33);
  }
  await page.keyboard.up("ArrowRight");
}

/** From when on a step was wanted, or its text stood on the screen; milliseconds. */
export interface Moment {
  step: number;
  time: number;
}

/** How long each text was awaited: from the last moment at which its step came to be wanted. Steps that were passed over have none. */
export function lagsOf(wanted: readonly Moment[], shown: readonly Moment[]): number[] {
  return shown.flatMap(({ step, time }) => {
    const asked = wanted.findLast((moment) => moment.step === step && moment.time <= time);
    return asked === undefined ? [] : [time - asked.time];
  });
}
