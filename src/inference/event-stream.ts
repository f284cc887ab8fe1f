/** Server-sent events out of a response body. Source: the WHATWG HTML standard, "Server-sent events". */

export interface ServerEvent {
  /** The `event` field; `message` where there is none. */
  event: string;
  data: string;
  /** Fields that the standard does not know, by name; llama-server sends faults in one called `error`. */
  other: Record<string, string>;
}

/** Each event as it comes. An event that the end of the body cuts short is not given. Errors of the body pass through. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A carriage return at the very end may be half of a line end.
    const whole = rest.endsWith("\r") ? rest.slice(0, -1) : rest;
    const blocks = whole.replace(/\r\n?/g, "\n").split("\n\n");
    rest = (blocks.pop() ?? "") + rest.slice(whole.length);
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) yield event;
    }
  }
}

/** `undefined` for a block of comments only. */
export function parseEvent(block: string): ServerEvent | undefined {
  const data: string[] = [];
  const event: ServerEvent = { event: "message", data: "", other: {} };
  let empty = true;
  for (const line of block.split("\n")) {
    // `s`: U+2028 and U+2029 end no line here, and may stand in JSON.
    const [, field, value] = /^([^:]+):? ?(.*)$/s.exec(line) ?? [];
    if (field === undefined || value === undefined) continue;
    empty = false;
    if (field === "data") data.push(value);
    else if (field === "event") event.event = value;
    else event.other[field] = value;
  }
  event.data = data.join("\n");
  return empty ? undefined : event;
}
