/** The metering of WebAssembly on small programs written by hand. */
import { describe, expect, test } from "bun:test";
import { ScaffoldError } from "../../src/core/errors.ts";
import { fuelExport, meterWasm } from "../../src/scaffold/sandbox/metered-wasm.ts";

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A program with one mutable global, a memory, and one function (i32) -> i32 exported as "f". */
function program(body: number[]): Uint8Array {
  const code = [0, ...body, 0x0b];
  const section = (id: number, bytes: number[]) => [id, bytes.length, ...bytes];
  return Uint8Array.from([
    ...header,
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(2, [1, 1, 0x61, 1, 0x61, 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(6, [1, 0x7f, 1, 0x41, 0, 0x0b]),
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...section(10, [1, code.length, ...code]),
  ]);
}

async function open(body: number[]): Promise<{ run(value: number): number; fuel: { value: number } }> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(meterWasm(program(body)), { a: { a: memory } });
  const exports = instance.exports as unknown as { f(value: number): number; [fuelExport]: { value: number } };
  return { run: exports.f, fuel: exports[fuelExport] };
}

/** loop: value -= 1; repeat while value is not 0; then gives 7. */
const countDown = [0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x41, 7];
/** memory.fill(0, 0, value), then 7. */
const fill = [0x41, 0, 0x41, 0, 0x20, 0, 0xfc, 11, 0, 0x41, 7];

describe("a metered program", () => {
  test("gives the same result and pays one unit for each turn of a loop", async () => {
    const { run, fuel } = await open(countDown);
    fuel.value = 1_000;
    expect(run(100)).toBe(7);
    expect(fuel.value).toBe(900);
  });

  test("traps when nothing is left, and not before", async () => {
    const { run, fuel } = await open(countDown);
    fuel.value = 100;
    expect(run(100)).toBe(7);
    expect(() => run(1)).toThrow(WebAssembly.RuntimeError);
    expect(fuel.value).toBeLessThan(0);
  });

  test("pays for bulk memory operations by their length", async () => {
    const { run, fuel } = await open(fill);
    fuel.value = 1_000;
    expect(run(6_400)).toBe(7);
    expect(fuel.value).toBe(900);
    fuel.value = 50;
    expect(() => run(6_400)).toThrow(WebAssembly.RuntimeError);
  });

  test("starts with a full counter, so that start code can run", async () => {
    expect((await open(countDown)).fuel.value).toBe(2 ** 31 - 1);
  });
});

test("an instruction that is not known is refused, not passed on", () => {
  expect(() => meterWasm(program([0xfd, 0, 0x41, 7]))).toThrow(ScaffoldError);
  expect(() => meterWasm(program([0xfc, 12, 0, 0, 0x41, 7]))).toThrow(/0xfc 12/);
});
