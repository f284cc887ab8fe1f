import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createStopFilter, createTokenDecoder } from "../../../plugins/llama-cpp/lib/reply-text.ts";

/** A vocabulary of bytes: a token is a byte of UTF-8. */
const detokenize = (tokens: readonly number[]) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(tokens));

function decode(bytes: Iterable<number>): string[] {
  const decoder = createTokenDecoder(detokenize);
  return [...[...bytes].map((byte) => decoder.push(byte)), decoder.end()];
}

describe("createTokenDecoder", () => {
  test("holds a character back until its last byte is there", () => {
    expect(decode(Buffer.from("a🎉b"))).toEqual(["a", "", "", "", "🎉", "b", ""]);
  });

  test("for any text the pieces add up to it", () => {
    fc.assert(
      // U+FFFD itself cannot be told from a character that is not whole yet.
      fc.property(
        fc.string({ unit: "grapheme" }).filter((text) => !text.toWellFormed().includes("\ufffd")),
        (text) => expect(decode(Buffer.from(text)).join("")).toBe(text.toWellFormed()),
      ),
    );
  });

  test("bytes that are no character do not hold the rest back", () => {
    const pieces = decode([0xff, 0xff, 0xff, 0xff, 0xff, 0x61]);
    expect(pieces.slice(0, -1).join("")).toEndWith("a");
  });

  test("shows what is left at the end", () => {
    expect(decode([0xf0, 0x9f]).at(-1)).toBe("\ufffd");
  });
});

describe("createStopFilter", () => {
  function run(stops: string[], pieces: string[]): { text: string; stopped: boolean; shown: string[] } {
    const filter = createStopFilter(stops);
    const shown: string[] = [];
    for (const piece of pieces) {
      const { emit, stopped } = filter.push(piece);
      shown.push(emit);
      if (stopped) return { text: shown.join(""), stopped, shown };
    }
    shown.push(filter.end());
    return { text: shown.join(""), stopped: false, shown };
  }

  test("ends before the stop text, however it is cut into pieces", () => {
    expect(run(["###"], ["ab#", "#", "#cd"])).toMatchObject({ text: "ab", stopped: true });
  });

  test("holds back what may become a stop text, and shows it when it does not", () => {
    expect(run(["###"], ["a##", "b"]).shown).toEqual(["a", "##b", ""]);
    expect(run(["###"], ["a##"])).toMatchObject({ text: "a##", stopped: false });
  });

  test("takes the first of several", () => {
    expect(run(["later", "now"], ["x now later"]).text).toBe("x ");
  });

  test("an empty stop text stops nothing", () => {
    expect(run([""], ["abc"])).toMatchObject({ text: "abc", stopped: false });
  });

  test("for any text and cuts it equals a search in the whole text", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(letters),
        fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 4 })),
        (pieces, stops) => {
          const whole = pieces.join("");
          const places = stops.map((stop) => whole.indexOf(stop)).filter((index) => index >= 0);
          const expected = places.length === 0 ? whole : whole.slice(0, Math.min(...places));
          const { text, stopped } = run(stops, pieces);
          expect(stopped).toBe(places.length > 0);
          // A longer stop text may begin earlier and be complete later; what was shown by then is its beginning at most.
          expect(text.startsWith(expected)).toBe(true);
          if (stops.length <= 1) expect(text).toBe(expected);
        },
      ),
    );
  });
});
