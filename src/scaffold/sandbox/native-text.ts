/**
 * Text in and out of the memory of a program that emscripten made, by the host's own coders. The functions it brings along go character by
 * character in JavaScript, which was the dearest part of giving a hook its step.
 */

/** The functions of an emscripten module that are replaced. Texts in memory are UTF-8 with a zero byte at the end. */
interface TextFunctions {
  lengthBytesUTF8(text: string): number;
  /** Writes at most `limitBytes`, the zero byte included. */
  stringToUTF8(text: string, address: number, limitBytes?: number): void;
  UTF8ToString(address: number, limitBytes?: number): string;
}

/** The module itself, changed. Lone surrogates are written and read as emscripten does it. */
export function withNativeText<T extends TextFunctions>(module: T, memory: WebAssembly.Memory): T {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const { lengthBytesUTF8, stringToUTF8, UTF8ToString } = module;
  let view = Buffer.from(memory.buffer);
  const bytes = () => {
    // A memory that has grown has another buffer.
    if (view.buffer !== memory.buffer) view = Buffer.from(memory.buffer);
    return view;
  };
  module.lengthBytesUTF8 = (text) => (text.isWellFormed() ? Buffer.byteLength(text) : lengthBytesUTF8(text));
  module.stringToUTF8 = (text, address, limitBytes = 0) => {
    if (limitBytes <= 0 || !text.isWellFormed()) return stringToUTF8(text, address, limitBytes);
    const { written } = encoder.encodeInto(text, bytes().subarray(address, address + limitBytes - 1));
    bytes()[address + written] = 0;
  };
  module.UTF8ToString = (address, limitBytes) => {
    if (address === 0 || limitBytes !== undefined) return UTF8ToString(address, limitBytes);
    const end = bytes().indexOf(0, address);
    return decoder.decode(bytes().subarray(address, end < 0 ? undefined : end));
  };
  return module;
}
