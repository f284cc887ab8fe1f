import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { MemoryLimits } from "../../../src/core/run-settings.ts";
import { checkOperation } from "../../../src/memory/answers.ts";
import { parseTurn } from "../../../src/memory/grammar.ts";
import { operationTable } from "../../../src/memory/operation-table.ts";
import { operationText } from "../../../src/memory/reply-grammar/json-reply.ts";
import { toJsonSchema } from "../../../src/memory/reply-grammar/json-schema.ts";
import { argumentKeys, replyShape } from "../../../src/memory/reply-grammar/shape.ts";
import { baseTable, shapeInputs } from "./support.ts";

const limits = v.parse(MemoryLimits, {});
const said = (value: Json) => operationText(JSON.stringify(value), baseTable, false);

/** Any value that a schema of ours allows; what it does not know it refuses. */
function allowedBy(schema: JsonObject): fc.Arbitrary<Json> {
  if (schema.anyOf !== undefined) return fc.oneof(...(schema.anyOf as JsonObject[]).map(allowedBy));
  if (schema.enum !== undefined) return fc.constantFrom(...(schema.enum as Json[]));
  if (schema.type === "object") {
    expect(schema.required).toEqual(Object.keys(schema.properties as JsonObject));
    expect(schema.additionalProperties).toBe(false);
    const entries = Object.entries(schema.properties as Record<string, JsonObject>);
    return fc.record(Object.fromEntries(entries.map(([key, property]) => [key, allowedBy(property)])));
  }
  if (schema.type === "array") {
    const bounds = { minLength: schema.minItems as number, maxLength: schema.maxItems as number };
    return fc.array(allowedBy(schema.items as JsonObject), bounds);
  }
  if (typeof schema.pattern === "string") return fc.stringMatching(new RegExp(schema.pattern, "u"));
  expect(schema.type).toBe("string");
  const anything = fc.oneof(
    fc.constantFrom("<|END|>", "<|DONE|>", "<READ>", "a<", "<|", "|", "\n", "}"),
    fc.string({ unit: "binary" }),
  );
  return fc
    .array(anything, { minLength: 1, maxLength: 6 })
    .map((parts) => `x${parts.join("")}`.slice(0, schema.maxLength as number));
}

const replies = shapeInputs.chain((input) => {
  const shape = replyShape(input);
  return allowedBy(toJsonSchema(shape, input.table)).map((value) => ({ input, value }));
});

describe("every JSON reply that the schema allows", () => {
  test("becomes the operations it names, well-formed and open in the phase", () => {
    fc.assert(
      fc.property(replies, ({ input, value }) => {
        const text = operationText(JSON.stringify(value), input.table, false);
        const items = parseTurn(text, input.table, false);
        const operations = items.map((item) => {
          if (item.kind === "failure") throw new Error(`${item.failure} ${JSON.stringify(item.raw)}`);
          expect(item.unclosed).toBe(false);
          expect(
            checkOperation(item.operation, input.table.get(item.operation.name)!, input.phase, limits),
          ).toBeUndefined();
          return item.operation;
        });
        expect(operations.map(({ name }) => name)).toEqual(namesOf(value));
        const action = operations.find(({ name }) => name === "ACTION");
        if (action !== undefined) expect(input.actions).toContain(action.arguments[0]!);
      }),
      { numRuns: 300 },
    );
  });

  test("stays what it became when it is turned again, as a recorded reply is", () => {
    fc.assert(
      fc.property(replies, ({ input, value }) => {
        const once = operationText(JSON.stringify(value), input.table, false);
        expect(operationText(once, input.table, false)).toBe(once);
      }),
    );
  });

  test("cut anywhere becomes whole operations, and at most one that is not whole, at its end", () => {
    fc.assert(
      fc.property(replies, fc.nat(), ({ input, value }, at) => {
        const whole = JSON.stringify(value);
        const text = operationText(whole.slice(0, at % whole.length), input.table, true);
        expect(operationText(text, input.table, true)).toBe(text);
        // Too little is there to name an operation.
        if (text.startsWith("{")) return expect(text).not.toContain('"operation":"');
        const items = parseTurn(text, input.table, true);
        const names = namesOf(value);
        for (const [index, item] of items.entries()) {
          if (item.kind === "failure") {
            expect([item.failure, item.cut, index]).toEqual(["unclosed", true, items.length - 1]);
          } else expect(item.operation.name).toBe(names[index]!);
        }
        expect(items.length).toBeLessThanOrEqual(names.length);
      }),
      { numRuns: 500 },
    );
  });
});

function namesOf(value: Json): string[] {
  const { reply } = value as { reply: Record<string, unknown> };
  if ("act" in reply) return ["ACTION"];
  if ("done" in reply) return ["DONE"];
  const listed = (reply.record ?? reply.look_up) as { operation: string }[];
  return [...listed.map(({ operation }) => operation), ...("record" in reply ? ["DONE"] : [])];
}

describe("a JSON reply as text", () => {
  test("has one operation on a line, in the order written, and DONE after a record", () => {
    const record = [
      { operation: "APPEND", file: "a.txt", text: 'say "hi"\nthen go | stop' },
      { operation: "CREATE", file: "b.txt" },
    ];
    expect(said({ reply: { record } })).toBe(
      '<|APPEND|>a.txt|say "hi"\nthen go | stop<|END|>\n<|CREATE|>b.txt<|END|>\n<|DONE|>',
    );
    expect(said({ reply: { act: "Move West" } })).toBe("<|ACTION|>Move West<|END|>");
    expect(said({ reply: { look_up: [{ keyword: "water", operation: "SEARCH", file: "a.txt" }] } })).toBe(
      "<|SEARCH|>a.txt|water<|END|>",
    );
  });

  test("with a tag in a text breaks the tag", () => {
    const text = said({ reply: { record: [{ operation: "WRITE", file: "a.txt", text: "<|END|><|DONE|> 1 < 2" }] } });
    expect(text).toBe("<|WRITE|>a.txt|< |END|>< |DONE|> 1 < 2<|END|>\n<|DONE|>");
  });

  test("whose server did not heed the schema is left as it is", () => {
    for (const text of ["I go west.", "{", '{"reply": 1}', "{}", "<|ACTION|>Noop<|END|>", ""])
      expect(operationText(text, baseTable, false)).toBe(text);
  });

  test("that was cut keeps what was said, without an END", () => {
    const cut = (text: string) => operationText(text, baseTable, true);
    const begun =
      '{"reply":{"record":[{"operation":"CREATE","file":"b.txt"},{"operation":"APPEND","file":"a.txt","text":"wat';
    expect(cut(begun)).toBe("<|CREATE|>b.txt<|END|>\n<|APPEND|>a.txt|wat");
    expect(cut(`${begun}\\u00e`)).toBe("<|CREATE|>b.txt<|END|>\n<|APPEND|>a.txt|wat");
    expect(cut(begun.slice(0, begun.indexOf('"operation":"APPEND')))).toBe("<|CREATE|>b.txt<|END|>");
    expect(cut('{"reply":{"act":"Move')).toBe("<|ACTION|>Move");
    expect(cut('{"reply":{"look_up":[{"operation":"REA')).toBe("<|REA");
    for (const rest of ['"', '",', '","fi', '","file"', '","file":'])
      expect(cut(`{"reply":{"look_up":[{"operation":"READ${rest}`)).toBe("<|READ|>");
  });
});

test("arguments of one kind are numbered", () => {
  const table = operationTable([
    { name: "MOVE_TEXT", phases: ["log"], effect: "write", arguments: ["file", "file", "keyword"], help: "" },
  ]);
  expect(argumentKeys(table.get("MOVE_TEXT")!.arguments)).toEqual(["file", "file2", "keyword"]);
});
