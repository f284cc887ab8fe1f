/** Replies that the embedded engine makes at the same time are those it makes alone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ChatModel } from "../../src/core/chat-model.ts";
import { findRealModels, REAL_MODEL } from "./real-models.ts";
import { callOptions, open } from "./support.ts";

const real = await findRealModels();
const TIMEOUT_MS = 240_000;
const people = ["weaver", "smith", "mason", "miller", "baker", "lawyer", "potter", "tailor"];
const words = [
  "velvet bear",
  "silk goat",
  "iron swan",
  "paper ring",
  "golden deer",
  "amber coat",
  "cotton fox",
  "coral moon",
];

if (typeof real === "string") test.skip(`replies of the real engine at the same time: ${real}`, () => undefined);
else {
  describe("replies of the real engine at the same time", () => {
    let model: ChatModel;
    beforeAll(async () => {
      model = await open(`llama-cpp:${REAL_MODEL}`, real.deps, { contextTokens: 512, sequences: people.length });
    }, TIMEOUT_MS);
    afterAll(() => model?.close());
    const ask = async (index: number): Promise<string> => {
      const content = `Repeat what is said.\n\nThe queen says: my word is silk coat.\n\nThe ${people[index]} says: my word is ${words[index]}.`;
      const options = { sampling: { temperature: 0, maxTokens: 24 }, timeoutMs: TIMEOUT_MS, cacheKey: `${index}` };
      return (await model.chat([{ role: "user", content }], callOptions(options))).text;
    };

    test(
      "are those that each is alone",
      async () => {
        // A prompt that is read anew, and one whose beginning is kept, may round otherwise.
        for (let index = 0; index < people.length; index++) await ask(index);
        const alone: string[] = [];
        for (let index = 0; index < people.length; index++) alone.push(await ask(index));
        expect(new Set(alone).size).toBe(people.length);
        for (const together of [3, 8]) {
          const replies: string[] = [];
          for (let first = 0; first < people.length; first += together) {
            const group = people.map((_, index) => index).slice(first, first + together);
            replies.push(...(await Promise.all(group.map(ask))));
          }
          // A batch of several may round otherwise too, so one near tie may fall the other way.
          const differing = replies.filter((reply, index) => reply !== alone[index]);
          expect(differing.length, `${together} at once: ${differing.join(" | ")}`).toBeLessThanOrEqual(1);
        }
      },
      TIMEOUT_MS,
    );
  });
}
