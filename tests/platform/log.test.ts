import { expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/platform/clock.ts";
import { fileLog, nullLog } from "../../src/platform/log.ts";

test("writes one JSON object a line, from the least level on; fields cannot replace what the log says", async () => {
  const folder = await mkdtemp(join(tmpdir(), "automem-log-"));
  const path = join(folder, "deep", "log.jsonl");
  const log = fileLog(path, { ...systemClock, nowMs: () => 0 });
  log.debug("left out");
  log.info("started", { episode: 3, level: "debug" });
  log.warn("a line\nbreak");
  expect(
    (await readFile(path, "utf8"))
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { episode: 3, time: "1970-01-01T00:00:00.000Z", level: "info", message: "started" },
    { time: "1970-01-01T00:00:00.000Z", level: "warn", message: "a line\nbreak" },
  ]);
  await rm(folder, { recursive: true });
  nullLog.warn("nowhere");
});
