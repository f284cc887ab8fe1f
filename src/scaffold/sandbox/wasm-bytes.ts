/** Reading and writing the WebAssembly binary format: bytes, LEB128 numbers (32-bit unsigned, 33-bit signed and wider), sections. */

export class WasmReader {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  atEnd(): boolean {
    return this.position >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.position];
    if (value === undefined) throw new RangeError("the program ends in the middle of an item");
    this.position += 1;
    return value;
  }

  /** An unsigned LEB128 number below 2^32. */
  unsigned(): number {
    let result = 0;
    for (let factor = 1; ; factor *= 128) {
      const part = this.byte();
      result += (part & 0x7f) * factor;
      if (part < 0x80) return result;
    }
  }

  /** Moves past a signed LEB128 number of any width (block types, constants). */
  signed(): void {
    while (this.byte() >= 0x80);
  }

  /** Moves past two unsigned numbers. */
  pair(): void {
    this.unsigned();
    this.unsigned();
  }

  skip(count: number): void {
    this.position += count;
  }

  take(count: number): Uint8Array {
    this.position += count;
    return this.#bytes.subarray(this.position - count, this.position);
  }

  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.position);
  }
}

export class WasmWriter {
  readonly #parts: Uint8Array[] = [];

  bytes(part: Uint8Array): void {
    this.#parts.push(part);
  }

  unsigned(value: number): void {
    const encoded: number[] = [];
    let left = value;
    while (left >= 128) {
      encoded.push((left % 128) | 0x80);
      left = Math.floor(left / 128);
    }
    encoded.push(left);
    this.bytes(Uint8Array.from(encoded));
  }

  section(id: number, body: Uint8Array): void {
    this.bytes(Uint8Array.of(id));
    this.unsigned(body.length);
    this.bytes(body);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const result = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let position = 0;
    for (const part of this.#parts) {
      result.set(part, position);
      position += part.length;
    }
    return result;
  }
}
