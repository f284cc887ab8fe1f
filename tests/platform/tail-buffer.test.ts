import { expect, test } from "bun:test";
import fc from "fast-check";
import { TailBuffer } from "../../src/platform/tail-buffer.ts";

const limits = { characters: 20, lines: 3 };

test("gives back what fits as it was, without the last line end", () => {
  const tail = new TailBuffer(limits);
  expect(tail.text()).toBe("");
  tail.push("one\ntwo\n");
  expect(tail.text()).toBe("one\ntwo");
});

test("marks what was left out", () => {
  const tail = new TailBuffer(limits);
  tail.push("1\n2\n3\n4\n");
  expect(tail.text()).toBe("...\n2\n3\n4");
});

test("is the end of what was pushed, within its limits, however it was cut", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n") })), (pieces) => {
      const tail = new TailBuffer(limits);
      for (const piece of pieces) tail.push(piece);
      const whole = pieces.join("");
      const text = tail.text();
      const kept = text.startsWith("...\n") ? text.slice(4) : text;
      expect(whole.trimEnd().endsWith(kept)).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(limits.characters);
      expect(kept.split("\n").length).toBeLessThanOrEqual(limits.lines);
      if (!text.startsWith("...\n")) expect(text).toBe(whole.trimEnd());
    }),
  );
});
