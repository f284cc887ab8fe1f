/** Every decider against the contract. */
import { join } from "node:path";
import type { ToolMessage } from "../../src/core/tool-calls.ts";
import { createAgentDecider } from "../../src/train/decider/agent/agent.ts";
import { createGridDecider } from "../../src/train/decider/grid.ts";
import { createHalvingDecider } from "../../src/train/decider/halving/halving.ts";
import { createScriptedDecider } from "../../src/train/decider/scripted.ts";
import { modelOf, type Said } from "../campaign/agent/fake-tool-model.ts";
import { testClock } from "../inference/support.ts";
import { settingsOf } from "../train/decider/support.ts";
import { testDecider } from "./deciders.ts";

testDecider({ name: "grid", make: async () => createGridDecider(settingsOf()) });
testDecider({ name: "halving", make: async () => createHalvingDecider(settingsOf({ epochs: 8 })) });
testDecider({
  name: "agent",
  make: async () => {
    const { model } = modelOf(readingModel);
    return createAgentDecider({ model, clock: testClock(), settings: { ...settingsOf(), selector: "outcome" } });
  },
});
testDecider({
  name: "scripted",
  make: async (folder) => {
    const path = join(folder, "script.json");
    const decisions = {
      r1t1: { kind: "plan", recipes: [{}, { rank: 8 }] },
      r2t1: { kind: "plan", data: { kind: "build", episodes: "all" }, recipes: [{ epochs: 2 }] },
      "*": { kind: "plan", data: { kind: "build", dataset: { seed: 4 } }, recipes: [{ seed: 2 }] },
      r1t4: { kind: "done", reason: "Enough." },
    };
    await Bun.write(path, JSON.stringify({ schema: "automem.decision-script/1", decisions }));
    return createScriptedDecider(path);
  },
});

/** Goes by what it is shown: the first answer is wrong, the second uses a dataset of the table where there is one. */
function readingModel(conversation: readonly ToolMessage[]): Said {
  const shown = conversation[1]?.content ?? "";
  const wrong = conversation.every(({ role }) => role !== "assistant");
  if (wrong) return { calls: [["plan", { reuse: "beef", recipes: [{ rank: 0 }], reason: "Guess." }]] };
  const name = /^([0-9a-f]{12}) \| \d/m.exec(shown)?.[1];
  const data = name === undefined ? { build: { episodes: "round", dataset: { seed: shown.length } } } : { reuse: name };
  return { calls: [["plan", { ...data, recipes: [{ seed: shown.length }], reason: "By the table." }]] };
}
