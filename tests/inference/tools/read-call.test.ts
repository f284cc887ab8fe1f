/** Calls as models write them, against the tools that they were told of. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { ToolCall, type ToolMessage, type ToolSpec } from "../../../src/core/tool-calls.ts";
import { reviewTools } from "../../../src/evolve/reviewer/agent/tools.ts";
import { readCall, readCalls } from "../../../src/inference/tools/read-call.ts";
import { parameterSchema } from "../../../src/inference/tools/tool-schema.ts";
import { doneTool, readTool } from "../../conformance/tool-calls.ts";

const tools = [readTool, doneTool];

describe("a call", () => {
  test("of anything at all is a call that fits or a malformed one, and fits a record", () => {
    const name = fc.constantFrom("read", "done", "erase", "", "__proto__");
    const input = fc.oneof(fc.string(), fc.json(), fc.jsonValue(), fc.constant(undefined));
    fc.assert(
      fc.property(name, input, (called, written) => {
        const call = readCall({ id: "a", name: called, input: written }, tools);
        expect(v.is(ToolCall, JSON.parse(JSON.stringify(call)))).toBe(true);
        if (call.kind === "call") {
          const tool = tools.find((each) => each.name === call.name) as ToolSpec;
          expect(v.is(tool.parameters, call.arguments)).toBe(true);
        } else expect(call.problem).not.toBe("");
      }),
    );
  });

  test("without arguments is one with none", () => {
    expect(readCall({ id: "a", name: "done", input: " " }, tools)).toMatchObject({ kind: "call", arguments: {} });
  });

  test("keeps the beginning of what was written wrongly", () => {
    const call = readCall({ id: "a", name: "read", input: `{"path": "${"x".repeat(5000)}` }, tools);
    expect(call.kind === "malformed" && call.text.length).toBe(2000);
  });
});

test("ids that are missing or taken are replaced, through the whole conversation", () => {
  const earlier: ToolMessage = {
    role: "assistant",
    content: "",
    calls: [{ kind: "call", id: "x", name: "done", arguments: {} }],
  };
  const written = ["x", "", "y", "y"].map((id) => ({ id, name: "done", input: "{}" }));
  expect(readCalls(written, [earlier], tools).map(({ id }) => id)).toEqual(["call_1_0", "call_1_1", "y", "call_1_3"]);
});

test("every tool of a review can be told as a schema of an object, with a description", () => {
  for (const tool of [...reviewTools, ...tools]) {
    expect(tool.name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(parameterSchema(tool)).toMatchObject({ type: "object", additionalProperties: false });
    expect(Object.keys(parameterSchema(tool))).not.toContain("$schema");
    expect(tool.description).not.toBe("");
  }
});
