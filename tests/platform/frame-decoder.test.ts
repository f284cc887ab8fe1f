import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encodeFrame, FrameDecoder, type FrameError, type WireMessage } from "../../src/platform/frame-decoder.ts";

const message = fc.oneof(
  fc.record({
    jsonrpc: fc.constant("2.0"),
    id: fc.nat(),
    method: fc.string(),
    params: fc.dictionary(fc.string(), fc.string({ unit: "binary" })),
  }),
  fc.record({ jsonrpc: fc.constant("2.0"), id: fc.nat(), result: fc.jsonValue() }),
  fc.record({ jsonrpc: fc.constant("2.0"), method: fc.string(), params: fc.constant({}) }),
);

function codeOf(bytes: Uint8Array | string, limitBytes?: number): string | undefined {
  try {
    for (const _ of new FrameDecoder(limitBytes).push(
      typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
    ));
    return undefined;
  } catch (cause) {
    return (cause as FrameError).code;
  }
}

const framed = (body: string) => `Content-Length: ${body.length}\r\n\r\n${body}`;

test("gives the same messages however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (messages, sizes) => {
        const bytes = Buffer.concat(messages.map((each) => encodeFrame(each)));
        const decoder = new FrameDecoder();
        const decoded: WireMessage[] = [];
        for (let offset = 0; offset < bytes.length; ) {
          const size = sizes.next().value!;
          decoded.push(...decoder.push(bytes.subarray(offset, offset + size)));
          offset += size;
        }
        expect(decoded as unknown).toEqual(JSON.parse(JSON.stringify(messages)));
      },
    ),
  );
});

test("never takes what is no frame for a message", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
      const isHeaderStart = "content-".startsWith(Buffer.from(bytes.subarray(0, 8)).toString("latin1").toLowerCase());
      if (!isHeaderStart) expect(codeOf(bytes)).toBe("not-a-frame");
    }),
  );
});

test("accepts other headers and any case", () => {
  const body = '{"jsonrpc":"2.0","id":1,"result":null}';
  const text = `content-type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH: ${body.length}\r\n\r\n${body}`;
  expect([...new FrameDecoder().push(new TextEncoder().encode(text))]).toEqual([
    { jsonrpc: "2.0", id: 1, result: null },
  ]);
});

describe("refuses", () => {
  test("a frame over the limit by its header, before its body has come", () => {
    expect(codeOf("Content-Length: 101\r\n\r\n", 100)).toBe("frame-too-large");
    expect(codeOf("Content-Length: 67108865\r\n\r\n")).toBe("frame-too-large");
  });

  test("a frame of exactly the limit not", () => {
    expect(codeOf("Content-Length: 100\r\n\r\n", 100)).toBeUndefined();
  });

  test.each([
    ["print before a frame", "hello\n", "not-a-frame"],
    ["a header that never ends", `Content-Type: ${"x".repeat(5000)}`, "not-a-frame"],
    ["a header without a length", "Content-Type: x\r\n\r\n", "not-a-frame"],
    ["a negative length", "Content-Length: -1\r\n\r\n", "not-a-frame"],
    ["a length of zero", "Content-Length: 0\r\n\r\n", "not-json"],
    ["a body that is not JSON", "Content-Length: 3\r\n\r\n{a}", "not-json"],
    ["NaN", framed('{"jsonrpc":"2.0","id":1,"result":NaN}'), "not-json"],
    ["an array", "Content-Length: 2\r\n\r\n[]", "not-json-rpc"],
    ["another version", framed('{"jsonrpc":"1.0","id":1,"result":{}}'), "not-json-rpc"],
    ["an answer without result", framed('{"jsonrpc":"2.0","id":1}'), "not-json-rpc"],
    ["an answer to nothing", framed('{"jsonrpc":"2.0","id":null,"result":{}}'), "not-json-rpc"],
  ])("%s", (_, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test("a body that is not UTF-8", () => {
    const bytes = Buffer.concat([Buffer.from("Content-Length: 4\r\n\r\n"), Buffer.from([0x22, 0xff, 0xfe, 0x22])]);
    expect(codeOf(bytes)).toBe("not-json");
  });
});

test("gives the messages that stand before a fault", () => {
  const given: WireMessage[] = [];
  const bytes = new TextEncoder().encode(`${framed('{"jsonrpc":"2.0","id":1,"result":5}')}oops`);
  expect(() => {
    for (const each of new FrameDecoder().push(bytes)) given.push(each);
  }).toThrow("oops");
  expect(given).toEqual([{ jsonrpc: "2.0", id: 1, result: 5 }]);
});
