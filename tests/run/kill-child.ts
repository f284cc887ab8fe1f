/**
 * Plays or resumes a run in a process of its own, for kill.test.ts: `kill-child.ts MODELS STORE CALLS_FILE [RUN]`, MODELS being 1 or 2 (with a
 * specialist). Each call is noted when answered.
 */
import { appendFileSync } from "node:fs";
import { systemClock } from "../../src/platform/clock.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import { Store } from "../../src/store/store.ts";
import { HashModel, RingGame, ringScaffold, ringSettings } from "./support.ts";

const [models, storeFolder = "", callsFile = "", runId] = process.argv.slice(2);

function notingModel(): HashModel {
  const model = new HashModel();
  const chat = model.chat.bind(model);
  model.chat = async (messages, options) => {
    await Bun.sleep(0);
    const reply = await chat(messages, options);
    appendFileSync(callsFile, `${model.answered.at(-1)}\n`);
    return reply;
  };
  return model;
}

const dependencies = {
  store: await Store.open(storeFolder),
  openGame: async () => new RingGame(40),
  model: notingModel(),
  specialist: models === "2" ? { model: notingModel() } : undefined,
  scaffold: ringScaffold(),
  clock: { ...systemClock, nowMs: () => 0 },
  automemVersion: "0.1.0",
};
const settings = ringSettings({ seeds: [1, 2, 3], parallel: 2 });
const summary = runId
  ? await resumeRun(dependencies, runId)
  : await startRun(dependencies, { settings, commandLine: [] });
process.stdout.write(
  `${JSON.stringify({ runId: summary.runId, records: summary.finished.map(({ record }) => record), failed: summary.failed })}\n`,
);
