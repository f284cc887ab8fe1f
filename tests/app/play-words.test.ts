/** The command line that plays as a campaign did. */
import { expect, test } from "bun:test";
import * as v from "valibot";
import { playCommand } from "../../src/app/play-words.ts";
import { PlaySettings } from "../../src/campaign/settings.ts";

test("says what differs from the defaults, and nothing else", () => {
  const plain = v.parse(PlaySettings, { game: "courier", model: "ollama:qwen2.5:7b" });
  expect(playCommand(plain, {})).toBe("automem run courier --model ollama:qwen2.5:7b");
  const special = v.parse(PlaySettings, {
    ...{ game: "courier", model: "llama-cpp:smollm2-135m", tasks: ["default"], constrain: true, contextTokens: 1024 },
    ...{ sampling: { temperature: 0.3, maxTokens: 96, seed: 1 }, agent: { logCalls: 1, planCalls: 2 }, parallel: 4 },
    ...{ gameOptions: { note: "two words", size: 9 } },
  });
  expect(playCommand(special, { scaffold: "06c70202e488", specialist: "7c9af62ae864" })).toBe(
    "automem run courier --model llama-cpp:smollm2-135m --scaffold 06c70202e488 --specialist 7c9af62ae864 --task default " +
      "--game-option 'note=two words' --game-option size=9 --constrain --temperature 0.3 --max-tokens 96 --context 1024 " +
      "--log-calls 1 --plan-calls 2",
  );
});
