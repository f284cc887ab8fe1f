import { expect, test } from "bun:test";
import type { SafetensorsTensor } from "../../../src/inference/adapters/safetensors.ts";
import { weightsDifference } from "../../../src/inference/adapters/weights-difference.ts";

function tensor(
  name: string,
  dtype: SafetensorsTensor["dtype"],
  data: ArrayBufferView,
  shape?: number[],
): SafetensorsTensor {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const width = { F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1 }[dtype];
  return { name, dtype, shape: shape ?? [bytes.length / width], bytes };
}

const f32 = (name: string, ...values: number[]) => tensor(name, "F32", Float32Array.from(values));

test("says how many values differ, by how much at most, and where", () => {
  const one = [f32("a", 1, 2, 3), f32("b", 0.5, -1)];
  expect(weightsDifference(one, [f32("b", 0.5, -1), f32("a", 1, 2, 3)])).toEqual({
    ...{ comparable: true, tensors: 2, values: 5, unequal: 0, largest: 0, tensor: undefined },
  });
  expect(weightsDifference(one, [f32("a", 1, 2.25, 3), f32("b", 0.5, 3)])).toEqual({
    ...{ comparable: true, tensors: 2, values: 5, unequal: 2, largest: 4, tensor: "b" },
  });
});

test("a value that is no number is infinitely far from one", () => {
  expect(weightsDifference([f32("a", 1)], [f32("a", Number.NaN)])).toMatchObject({ unequal: 1, largest: Infinity });
});

test("reads half types by their bits, also where a tensor begins at an odd byte", () => {
  // 1, -2, the smallest subnormal, and 65504, as IEEE 754 binary16 has them.
  const half = tensor("a", "F16", Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff));
  const plain = f32("a", 1, -2, 2 ** -24, 65504);
  expect(weightsDifference([half], [plain])).toMatchObject({ comparable: true, unequal: 0 });
  const brain = tensor("a", "BF16", Uint16Array.of(0x3f80, 0xc000, 0x4049));
  expect(weightsDifference([brain], [f32("a", 1, -2, 3.140625)])).toMatchObject({ comparable: true, unequal: 0 });
  const shifted = new Uint8Array(17);
  shifted.set(new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), 1);
  expect(weightsDifference([tensor("a", "F32", shifted.subarray(1))], [f32("a", 1, 2, 3, 4)])).toMatchObject({
    unequal: 0,
  });
});

test("other tensors, shapes or types are not compared", () => {
  expect(weightsDifference([f32("a", 1)], [f32("b", 1)])).toMatchObject({ comparable: false });
  expect(weightsDifference([f32("a", 1)], [f32("a", 1), f32("b", 1)])).toMatchObject({ comparable: false });
  const square = tensor("a", "F32", Float32Array.of(1, 2, 3, 4), [2, 2]);
  expect(weightsDifference([square], [f32("a", 1, 2, 3, 4)])).toMatchObject({ comparable: false });
  const small = tensor("a", "F8_E4M3", Uint8Array.of(1));
  expect(weightsDifference([small], [small])).toMatchObject({ comparable: false });
});
