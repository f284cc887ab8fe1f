/** Server-sent events. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseEvent, readEvents, type ServerEvent } from "../../src/inference/event-stream.ts";

async function eventsOf(chunks: readonly Uint8Array[]): Promise<ServerEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test("the same events come out however the bytes are cut", async () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, ""));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 5 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.integer({ min: 1, max: 9 }),
      async (texts, end, size) => {
        const bytes = new TextEncoder().encode(texts.map((text) => `data: ${text}${end}${end}`).join(""));
        const chunks = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
        // A lone carriage return at the very end could still become a line end of two characters.
        if (end === "\r") chunks.push(new TextEncoder().encode(": done\n\n"));
        expect((await eventsOf(chunks)).map(({ data }) => data)).toEqual(texts);
      },
    ),
  );
});

test("names, several lines of data and unknown fields are read; comments are not events", async () => {
  expect(parseEvent("event: error\ndata: a\ndata: b")).toEqual({ event: "error", data: "a\nb", other: {} });
  expect(parseEvent('error: {"code":500}')?.other).toEqual({ error: '{"code":500}' });
  expect(parseEvent(": ping")).toBeUndefined();
});

test("line separators of Unicode are part of the data", () => {
  expect(parseEvent('data: {"text":"a\u2028b\u2029"}')?.data).toBe('{"text":"a\u2028b\u2029"}');
});

test("an event that the end cuts short is not given", async () => {
  const whole = new TextEncoder().encode('data: {"a":1}\n\ndata: {"b"');
  expect((await eventsOf([whole])).map(({ data }) => data)).toEqual(['{"a":1}']);
});
