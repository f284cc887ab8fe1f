/**
 * A copy of the memory of a QuickJS program at rest, to be put back: its data and its heap. The stack between them is left out, for at rest
 * nothing on it is in use.
 */

/** Bytes of stack that the QuickJS package is linked with (emscripten STACK_SIZE). Memory: data, then stack, then heap. */
const stackBytes = 5 * 1024 * 1024;

export class MemoryImage {
  readonly #memory: WebAssembly.Memory;
  readonly #parts: { at: number; bytes: Uint8Array }[];

  /** Takes the image; `stackTop` is where the stack begins, the program at rest. */
  constructor(memory: WebAssembly.Memory, stackTop: number) {
    this.#memory = memory;
    const stackEnd = Math.max(0, stackTop - stackBytes);
    this.#parts = [this.#copy(0, stackEnd), this.#copy(stackTop, endOfUsed(memory))];
  }

  get sizeBytes(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Puts the bytes back. What lies above is free to the program's allocator, which does not rely on its content. */
  restore(): void {
    const bytes = new Uint8Array(this.#memory.buffer);
    for (const part of this.#parts) bytes.set(part.bytes, part.at);
  }

  #copy(from: number, to: number): { at: number; bytes: Uint8Array } {
    return { at: from, bytes: new Uint8Array(this.#memory.buffer, from, to - from).slice() };
  }
}

/** Address after the last byte that is not zero, in words. */
function endOfUsed(memory: WebAssembly.Memory): number {
  const words = new Uint32Array(memory.buffer);
  let used = words.length;
  while (used > 0 && words[used - 1] === 0) used -= 1;
  return used * 4;
}
