import { describe, expect, test } from "bun:test";
import { AutomemError } from "../../../src/core/errors.ts";
import { parseScript } from "../../../src/inference/scripted/script.ts";

const faultText = (text: string, path: string): string => {
  try {
    parseScript(text, path);
  } catch (fault) {
    if (fault instanceof AutomemError) return `${fault.code}: ${fault.message}`;
    throw fault;
  }
  return "no fault";
};

describe("parseScript", () => {
  test("a text alone is a rule that is used once", () => {
    const script = parseScript('{"schema": "automem.script/1", "rules": ["hello", {"reply": "again"}]}', "s.json");
    expect(script).toEqual({ cycle: false, rules: [{ reply: "hello", times: 1 }, { reply: "again" }] });
  });

  test("lines may begin with a head", () => {
    const script = parseScript(
      '{"schema": "automem.script/1", "cycle": true, "log": "calls.jsonl"}\n"one"\n\n{"phase": "plan", "reply": ["two"]}\n',
      "s.jsonl",
    );
    expect(script).toEqual({
      cycle: true,
      log: "calls.jsonl",
      rules: [
        { reply: "one", times: 1 },
        { phase: "plan", reply: ["two"] },
      ],
    });
  });

  test("lines need no head", () => {
    expect(parseScript('"one"\n"two"', "s.jsonl").rules.length).toBe(2);
  });

  test.each([
    ["s.json", "{", "bad-script: s.json is not JSON"],
    ["s.jsonl", '"one"\n{', "bad-script: s.jsonl, line 2 is not JSON"],
    ["s.jsonl", '{"schema": "automem.script/1"}', "bad-script: s.jsonl has no rules"],
    ["s.jsonl", '{"reply": "a", "repyl": "b"}', "repyl"],
    ["s.jsonl", '{"phase": "log"}', 'a rule has "reply", "calls" or both, or else "fault"'],
    ["s.jsonl", '{"reply": "a", "fault": {"code": "timeout"}}', 'a rule has "reply", "calls" or both, or else "fault"'],
    ["s.jsonl", '{"reply": "a", "match": "("}', "not a regular expression"],
    ["s.jsonl", '{"fault": {"code": "tired"}}', "bad-script"],
  ])("%s with %s says what is wrong and where", (path, text, expected) => {
    expect(faultText(text, path)).toContain(expected);
  });
});
