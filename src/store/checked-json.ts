/**
 * The store's small files that change: JSON whose last key, `check`, is the CRC-32 of all before it. There is one way to write a given
 * content, and a file must be exactly that, so any changed byte shows. A file without `check` (written before it was added) is read as well.
 */
import * as v from "valibot";

type Fields = Record<string, unknown>;

/** What a checked file says, or why it cannot be trusted. */
export type CheckedRead<Output> = { value: Output; checked: boolean } | { problem: string };

/** Text of a file. `indent` is that of `JSON.stringify`. Content must not have a key `check`. */
export function formatChecked(content: object, indent?: number): string {
  const plain = JSON.stringify(content);
  const check = Bun.hash.crc32(plain).toString(16).padStart(8, "0");
  return `${JSON.stringify({ ...(JSON.parse(plain) as Fields), check }, undefined, indent)}\n`;
}

/** Reads such a text; `indent` as it was written. Never throws. */
export function parseChecked<Schema extends v.GenericSchema>(
  text: string,
  schema: Schema,
  indent?: number,
): CheckedRead<v.InferOutput<Schema>> {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
  const checked = typeof fields === "object" && fields !== null && Object.hasOwn(fields, "check");
  let content = fields;
  if (checked) {
    const { check: _, ...rest } = fields as Fields;
    if (formatChecked(rest, indent) !== text) return { problem: "it does not match its checksum" };
    content = rest;
  }
  const parsed = v.safeParse(schema, content);
  return parsed.success ? { value: parsed.output, checked } : { problem: parsed.issues[0].message };
}
