/** The streamed answer of llama-server's `/completion`, with what it says of failures in the stream. */
import * as v from "valibot";
import type { AutomemError } from "../../core/errors.ts";
import { readEvents, type ServerEvent } from "../event-stream.ts";
import { badResponseFault, type FaultContext, httpFault, streamCutFault } from "../http-fault.ts";
import { errorMessage } from "../json-request.ts";
import { CompletionEvent } from "./wire.ts";

/** Passes text on until the event marked `stop`, which is returned. Throws `stream-cut` without one. */
export async function readCompletion(
  response: Response,
  context: FaultContext,
  onText: (piece: string) => void,
): Promise<CompletionEvent> {
  const type = response.headers.get("content-type") ?? "";
  if (response.body === null || !type.includes("event-stream")) {
    const start = (await response.text()).slice(0, 200);
    throw badResponseFault(context, `${type || "something"} instead of an event stream: ${JSON.stringify(start)}`);
  }
  const events = readEvents(response.body);
  try {
    for (;;) {
      const next = await events.next().catch((cause: unknown) => {
        throw streamCutFault(context, cause);
      });
      if (next.done) throw streamCutFault(context);
      const event = parse(next.value, context);
      if (event.content) onText(event.content);
      if (event.stop === true) return event;
    }
  } finally {
    await events.return(undefined);
  }
}

function parse({ data, other }: ServerEvent, context: FaultContext): CompletionEvent {
  const text = other.error ?? data;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badResponseFault(context, `an event that is not JSON: ${JSON.stringify(text.slice(0, 200))}`, cause);
  }
  const fault = other.error !== undefined || (value as { error?: unknown } | null)?.error !== undefined;
  if (fault) throw streamedFault(text, context);
  const event = v.safeParse(CompletionEvent, value);
  if (event.success) return event.output;
  throw badResponseFault(context, `an unknown kind of event (${event.issues[0].message})`);
}

function streamedFault(text: string, context: FaultContext): AutomemError {
  const { message, body } = errorMessage(text);
  const code = (body as { error?: { code?: unknown } } | null)?.error?.code;
  return httpFault({ status: typeof code === "number" ? code : 500, message, body }, context);
}
