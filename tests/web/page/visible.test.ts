/** Texts as the page shows them: nothing unseen, nothing turned round, nothing piled up. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { visible } from "../../../src/web/page/visible.ts";

describe("a text as it is shown", () => {
  for (const [what, text, shown] of [
    ["plain", "step 1:\ttree\n<script>", "step 1:\ttree\n<script>"],
    ["NUL and escape", "a\u0000b\u001b[31mred\u001b[0m", "a⟨NUL⟩b⟨ESC⟩[31mred⟨ESC⟩[0m"],
    ["a control of the upper range, as one of a terminal", "a\u009b31m", "a⟨U+009B⟩31m"],
    ["line ends of another system", "one\r\ntwo\rthree", "one\ntwo⟨CR⟩three"],
    ["bidirectional controls", "abc\u202etxt.exe\u2066\u2069", "abc⟨U+202E⟩txt.exe⟨U+2066⟩⟨U+2069⟩"],
    ["zero-width characters", "ad\u200bmin\ufeff", "ad⟨U+200B⟩min⟨U+FEFF⟩"],
    ["a joiner that joins no emoji", "a\u200db", "a⟨U+200D⟩b"],
    ["a half of a pair", "a\ud800b\udc00", "a⟨U+D800⟩b⟨U+DC00⟩"],
    ["tags that spell unseen words", "a\u{e0041}", "a⟨U+E0041⟩"],
    ["a separator of lines", "a\u2028b", "a⟨U+2028⟩b"],
    ["a filler that looks like nothing", "a\u3164b", "a⟨U+3164⟩b"],
  ] as const) {
    test(`marks ${what}`, () => expect(visible(text)).toBe(shown));
  }

  for (const text of ["Größe, naïve, ñ", "日本語 العربية עברית", "👨‍👩‍👧 👍🏽 ❤️ 🏳️‍🌈", "e\u0301", "กำ้"]) {
    test(`leaves ${text} as it is`, () => expect(visible(text)).toBe(text));
  }

  test("lets no more than four marks stand on one character, and says how many there were", () => {
    expect(visible(`z${"\u0301".repeat(40)}a`)).toBe(`z${"\u0301".repeat(4)}⟨36 more marks⟩a`);
  });

  test("has none of what it marks, whatever the text was, and is as it was when shown again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = visible(text);
        const codes = [...shown].map((character) => character.codePointAt(0)!);
        const unseen = (code: number) =>
          (code < 0x20 && code !== 0x09 && code !== 0x0a) ||
          (code >= 0x7f && code < 0xa0) ||
          (code >= 0x202a && code <= 0x202e);
        expect(codes.filter(unseen)).toEqual([]);
        expect(shown.isWellFormed()).toBe(true);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });
});
