/** The conformance suite of `ChatModel`: what every provider promises, on whatever stands behind it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { type ChatMessage, type ChatModel, type ChatOptions, ModelIdentity } from "../../src/core/chat-model.ts";
import { ProviderError } from "../../src/core/errors.ts";
import type { ReplyGrammar } from "../../src/core/grammar.ts";

export interface ChatModelSubject {
  /** Opens the model with a context of 512 tokens. */
  open: () => Promise<ChatModel>;
  /** A question that is answered with a few words. */
  question: string;
  /** A request that is answered with more than 40 tokens. */
  longAnswer: string;
  /** Milliseconds for one test. */
  timeoutMs: number;
}

export const CONFORMANCE_CONTEXT_TOKENS = 512;

const user = (content: string): ChatMessage[] => [{ role: "user", content }];

/** Declares the tests. */
export function chatModelConformance(name: string, subject: ChatModelSubject): void {
  describe(`${name} keeps the ChatModel contract`, () => {
    let model: ChatModel;
    beforeAll(async () => {
      model = await subject.open();
    }, subject.timeoutMs);
    afterAll(() => model?.close());

    const options = (overrides: Partial<ChatOptions> & { maxTokens?: number } = {}): ChatOptions => {
      const { maxTokens = 24, ...rest } = overrides;
      return { sampling: { temperature: 0, maxTokens }, timeoutMs: subject.timeoutMs, ...rest };
    };
    const check = (sentence: string, work: () => Promise<void>) => test(sentence, work, subject.timeoutMs);

    check("says who it is", async () => {
      expect(v.is(ModelIdentity, model.identity)).toBe(true);
      expect(model.identity.name.startsWith(`${model.identity.provider}:`)).toBe(true);
      expect(model.identity.contextTokens).toBe(CONFORMANCE_CONTEXT_TOKENS);
    });

    check("answers, stops by itself, and counts what it can", async () => {
      const reply = await model.chat(user(subject.question), options());
      expect(reply.text.length).toBeGreaterThan(0);
      expect(reply.finishReason).toBe("stop");
      for (const count of Object.values(reply.usage)) {
        if (count !== undefined) expect(Number.isInteger(count) && count >= 0).toBe(true);
      }
      expect(reply.timings.totalMs).toBeGreaterThanOrEqual(reply.timings.firstTokenMs ?? 0);
    });

    check("the pieces add up to the reply", async () => {
      const pieces: string[] = [];
      const reply = await model.chat(user(subject.longAnswer), options({ onText: (piece) => pieces.push(piece) }));
      expect(pieces.join("")).toBe(reply.text);
      if (model.capabilities.streaming) expect(pieces.length).toBeGreaterThan(1);
    });

    check("a reply that the limit cut says so, and is no longer than the limit", async () => {
      const reply = await model.chat(user(subject.longAnswer), options({ maxTokens: 5 }));
      expect(reply.finishReason).toBe("length");
      if (reply.usage.generatedTokens !== undefined) expect(reply.usage.generatedTokens).toBe(5);
    });

    check("ends before a stop text", async () => {
      const whole = await model.chat(user(subject.longAnswer), options());
      const stop = whole.text.trim().slice(8, 12);
      const sampling = { temperature: 0, maxTokens: 24, stop: [stop] };
      const reply = await model.chat(user(subject.longAnswer), options({ sampling }));
      expect(reply.text).not.toContain(stop);
      expect(reply.text.length).toBeLessThan(whole.text.length);
      expect(reply.finishReason).toBe("stop");
    });

    check("a longer prompt has more tokens", async () => {
      const short = await model.chat(user(subject.question), options({ maxTokens: 1 }));
      const long = await model.chat(user(`${subject.question} ${subject.longAnswer}`), options({ maxTokens: 1 }));
      if (short.usage.promptTokens === undefined || long.usage.promptTokens === undefined) return;
      expect(long.usage.promptTokens).toBeGreaterThan(short.usage.promptTokens);
    });

    check("counts before sending what it reports after", async () => {
      const counted = await model.countTokens(user(subject.question));
      const { usage } = await model.chat(user(subject.question), options({ maxTokens: 1 }));
      if (counted !== undefined && usage.promptTokens !== undefined) expect(counted).toBe(usage.promptTokens);
    });

    check("reports the cached prefix of a conversation where it says it does", async () => {
      const cacheKey = "conformance/log";
      const first = await model.chat(user(subject.question), options({ cacheKey }));
      const next: ChatMessage[] = [
        ...user(subject.question),
        { role: "assistant", content: first.text },
        ...user("And?"),
      ];
      const { usage } = await model.chat(next, options({ cacheKey }));
      if (!model.capabilities.cachedTokens) return;
      expect(usage.cachedTokens).toBeGreaterThan(0);
      expect(usage.cachedTokens).toBeLessThan(usage.promptTokens as number);
    });

    check("a prompt that does not fit is an error, never a shorter prompt", async () => {
      const fault = await faultOf(model.chat(user("sea and wind ".repeat(CONFORMANCE_CONTEXT_TOKENS)), options()));
      expect([fault.code, fault.retryable]).toEqual(["context-overflow", false]);
      expect((await model.chat(user(subject.question), options())).text.length).toBeGreaterThan(0);
    });

    check("a call cancelled before it begins is cancelled", async () => {
      expect((await faultOf(model.chat(user(subject.question), options({ signal: AbortSignal.abort() })))).code).toBe(
        "cancelled",
      );
    });

    check("a call cancelled while it runs is cancelled, and the next one works", async () => {
      const controller = new AbortController();
      const call = model.chat(
        user(subject.longAnswer),
        options({ maxTokens: 200, signal: controller.signal, onText: () => controller.abort() }),
      );
      expect((await faultOf(call)).code).toBe("cancelled");
      expect((await model.chat(user(subject.question), options())).text.length).toBeGreaterThan(0);
    });

    check("calls may overlap, and each gets its own answer", async () => {
      const alone = await model.chat(user(subject.question), options({ cacheKey: "overlap0/log" }));
      const keys = ["overlap1/log", "overlap2/log", "overlap3/log"];
      const together = await Promise.all(
        keys.map((cacheKey) => model.chat(user(subject.question), options({ cacheKey }))),
      );
      expect(together.map(({ text }) => text.trim() !== "")).toEqual([true, true, true]);
      expect(alone.finishReason).toBe("stop");
    });

    check(
      "holds a reply to a grammar where it says it does, and refuses one of a form that it does not know",
      async () => {
        const { grammar: known } = model.capabilities;
        const grammars: ReplyGrammar[] = [
          { form: "gbnf", text: 'root ::= "the " ("north" | "south") " door"\n' },
          {
            form: "json-schema",
            schema: {
              type: "object",
              properties: { door: { type: "string", enum: ["north", "south"] } },
              required: ["door"],
              additionalProperties: false,
            },
          },
        ];
        for (const grammar of grammars) {
          // Room for the blanks that a JSON grammar allows.
          const ask = model.chat(user(subject.longAnswer), options({ grammar, maxTokens: 150 }));
          if (grammar.form !== known) {
            expect((await faultOf(ask)).code).toBe("refused");
            continue;
          }
          const reply = await ask;
          expect(reply.finishReason).toBe("stop");
          if (known === "gbnf") expect(reply.text).toMatch(/^the (north|south) door$/);
          else expect(["north", "south"]).toContain(JSON.parse(reply.text).door);
        }
      },
    );

    check("refuses an adapter that it would ignore", async () => {
      if (model.capabilities.adapters !== "none") return;
      const fault = await faultOf(model.chat(user(subject.question), options({ adapter: "a".repeat(64) })));
      expect(fault.code).toBe("refused");
    });
  });
}

async function faultOf(call: Promise<unknown>): Promise<ProviderError> {
  try {
    await call;
  } catch (fault) {
    if (fault instanceof ProviderError) return fault;
    throw fault;
  }
  throw new Error("the call succeeded");
}
