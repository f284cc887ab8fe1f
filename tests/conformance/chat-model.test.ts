/** The ChatModel suite on the scripted provider; the real ones are in tests/inference/*.slow.test.ts. */
import { afterAll } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/platform/clock.ts";
import { open, testDeps } from "../inference/support.ts";
import { CONFORMANCE_CONTEXT_TOKENS, chatModelConformance } from "./chat-model.ts";

const folder = mkdtempSync(join(tmpdir(), "automem-conformance-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = join(folder, "script.jsonl");
writeFileSync(
  script,
  [
    {
      match: "story",
      reply:
        "Once upon a time there was a small house by the sea, and in it lived a keeper of the light who counted the ships. ".repeat(
          3,
        ),
    },
    { reply: "Paris." },
  ]
    .map((rule) => JSON.stringify(rule))
    .join("\n"),
);

chatModelConformance("the scripted provider", {
  open: () =>
    open(`scripted:${script}`, testDeps({ clock: systemClock }), { contextTokens: CONFORMANCE_CONTEXT_TOKENS }),
  question: "What is the capital of France?",
  longAnswer: "Tell me a story.",
  timeoutMs: 10_000,
});
