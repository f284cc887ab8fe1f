/**
 * JSON in which long strings that repeat are told once. One encoder and one decoder serve one segment, line after line:
 *
 *   string of up to 64 code units   as it is
 *   longer string                   {"$": [part, ...]}: a text is a new part and takes the next number (from 0), a number is an earlier part
 *   real object whose only key is   one "$" is added to the key, so that no value can be mistaken for a reference
 *   "$", "$$", ...
 *
 * Keys are written in order of code units: equal values give equal text. Lossless for every JSON value (-0 becomes 0, as in JSON.stringify).
 */
import { StoreError } from "../core/errors.ts";
import { splitParts } from "./text-parts.ts";

const shortString = 64;
const referenceKey = "$";
/** How a key that begins with "$" can stand in JSON. */
const keyStarts = [`"${referenceKey}`, '"\\u0024'];
const escapedKey = /^\$+$/;
const plainKey = /^\w+$/;

export class TraceEncoder {
  readonly #numbers = new Map<string, number>();

  /** JSON text of a value, without line breaks. Fields that are `undefined` are left out. Throws `TypeError` on what JSON cannot hold. */
  encode(value: unknown): string {
    switch (typeof value) {
      case "string":
        return value.length <= shortString ? JSON.stringify(value) : this.#encodeLong(value);
      case "number":
        if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
        return JSON.stringify(value);
      case "boolean":
        return value ? "true" : "false";
      case "object":
        if (value === null) return "null";
        return Array.isArray(value) ? this.#encodeArray(value) : this.#encodeObject(value as Record<string, unknown>);
      default:
        throw new TypeError(`a ${typeof value} has no JSON form`);
    }
  }

  // Plain loops, here and below: all that is recorded goes through them.
  #encodeArray(items: readonly unknown[]): string {
    let list = "";
    for (const item of items) list += `${list === "" ? "" : ","}${this.encode(item)}`;
    return `[${list}]`;
  }

  #encodeObject(fields: Record<string, unknown>): string {
    let list = "";
    let count = 0;
    let last = "";
    for (const key of Object.keys(fields).sort()) {
      const value = fields[key];
      if (value === undefined) continue;
      list += `${count === 0 ? "" : ","}${keyText(key)}:${this.encode(value)}`;
      count += 1;
      last = key;
    }
    return count === 1 && escapedKey.test(last) ? `{"$${list.slice(1)}}` : `{${list}}`;
  }

  #encodeLong(text: string): string {
    let list = "";
    for (const part of splitParts(text)) list += `${list === "" ? "" : ","}${this.#encodePart(part)}`;
    return `{"${referenceKey}":[${list}]}`;
  }

  #encodePart(part: string): string {
    const known = this.#numbers.get(part);
    if (known !== undefined) return String(known);
    const json = JSON.stringify(part);
    // Parsed back, so that the table holds the part alone and not the whole text it was cut from.
    this.#numbers.set(JSON.parse(json) as string, this.#numbers.size);
    return json;
  }
}

/** A key as JSON. Those of entries are plain words, which need no care. */
function keyText(key: string): string {
  return plainKey.test(key) ? `"${key}"` : JSON.stringify(key);
}

export class TraceDecoder {
  readonly #parts: string[] = [];

  /** The value of one line; lines must come in the order they were written. Throws `StoreError` `corrupt-journal`. */
  decode(text: string): unknown {
    try {
      const value: unknown = JSON.parse(text);
      // Most lines have no key that begins so, and are what they say.
      return keyStarts.some((start) => text.includes(start)) ? this.#decode(value) : value;
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError(`A line of a trace is not JSON: ${text.slice(0, 80)}`, { code: "corrupt-journal", cause });
    }
  }

  #decode(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) value[index] = this.#decode(value[index]);
      return value;
    }
    const fields = value as Record<string, unknown>;
    const keys = keysAsWritten(fields);
    const [only] = keys;
    if (keys.length === 1 && only !== undefined && escapedKey.test(only)) {
      if (only === referenceKey) return this.#join(fields[only]);
      return { [only.slice(1)]: this.#decode(fields[only]) };
    }
    // An own "__proto__" (JSON.parse makes one) is set as the plain property it is.
    for (const key of keys) fields[key] = this.#decode(fields[key]);
    return fields;
  }

  #join(parts: unknown): string {
    if (!Array.isArray(parts)) throw badReference();
    let text = "";
    for (const part of parts) {
      const piece = typeof part === "string" ? part : this.#parts[part as number];
      if (piece === undefined) throw badReference();
      if (typeof part === "string") this.#parts.push(part);
      text += piece;
    }
    return text;
  }
}

/**
 * In the order they were written, which is the order the parts were numbered in: JavaScript itself lists "9" before "10" and before "!". Most
 * are in order already, and looking is cheaper than sorting.
 */
function keysAsWritten(fields: object): string[] {
  const keys = Object.keys(fields);
  for (let index = 1; index < keys.length; index++) if (keys[index - 1]! > keys[index]!) return keys.sort();
  return keys;
}

function badReference(): StoreError {
  return new StoreError("A trace refers to a text part that its segment does not hold.", { code: "corrupt-journal" });
}
