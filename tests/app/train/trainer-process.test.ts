/** The trainer of a campaign: one process, and another where it was lost. */
import { expect, test } from "bun:test";
import { TrainerProcess } from "../../../src/app/train/trainer-process.ts";
import { startTrainer, type TrainerClient } from "../../../src/plugins/trainer-client.ts";
import { fixtureSubject } from "../../fixtures/plugins/subject.ts";

test("is started when it is first asked for, stays, and is started again after it died", async () => {
  const { launch } = await fixtureSubject("apprentice", {});
  const started: TrainerClient[] = [];
  const trainer = new TrainerProcess(async () => {
    started.push(await startTrainer(launch, { automemVersion: "0.0.0", limits: { closeMs: 200 } }));
    return started.at(-1)!;
  });
  try {
    expect(started).toHaveLength(0);
    const identity = await trainer.identity();
    expect(identity).toMatchObject({ name: "apprentice", version: "1.0.0" });
    expect(await trainer.get()).toBe(started[0]!);
    await started[0]!.process.kill();
    expect(await trainer.identity()).toEqual(identity);
    expect(started).toHaveLength(2);
  } finally {
    await trainer.close();
  }
  expect(started.every(({ process }) => process.hasExited)).toBe(true);
});
