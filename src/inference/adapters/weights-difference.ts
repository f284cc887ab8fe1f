/** How far the weights of one adapter are from those of another: tensor by tensor, value by value. Pure. */
import type { SafetensorsDtype, SafetensorsTensor } from "./safetensors.ts";

export type WeightsDifference =
  /** The tensors are not the same ones. */
  | { comparable: false; reason: string }
  | {
      comparable: true;
      tensors: number;
      values: number;
      /** Values that are not equal as numbers. */
      unequal: number;
      /** Largest |one - other|, and the tensor it is in. NaN in one of them counts as infinitely far. */
      largest: number;
      tensor: string | undefined;
    };

/** Of float types as their files hold them; others are not comparable. */
export function weightsDifference(
  one: readonly SafetensorsTensor[],
  other: readonly SafetensorsTensor[],
): WeightsDifference {
  const others = new Map(other.map((tensor) => [tensor.name, tensor]));
  const missing = one.find(({ name }) => !others.has(name));
  if (missing !== undefined || one.length !== other.length) {
    return {
      comparable: false,
      reason: `${one.length} and ${other.length} tensors${missing ? `, no second ${missing.name}` : ""}`,
    };
  }
  let [values, unequal, largest] = [0, 0, 0];
  let where: string | undefined;
  for (const tensor of one) {
    const twin = others.get(tensor.name)!;
    if (`${tensor.shape}` !== `${twin.shape}`) {
      return { comparable: false, reason: `${tensor.name} has shape [${tensor.shape}] and [${twin.shape}]` };
    }
    const [a, b] = [valuesOf(tensor), valuesOf(twin)];
    if (a === undefined || b === undefined) {
      return { comparable: false, reason: `${tensor.name} is of type ${tensor.dtype} and ${twin.dtype}` };
    }
    for (let index = 0; index < a.length; index++) {
      values += 1;
      const [x, y] = [a[index]!, b[index]!];
      if (x === y) continue;
      unequal += 1;
      const distance = Number.isNaN(x - y) ? Number.POSITIVE_INFINITY : Math.abs(x - y);
      if (distance <= largest) continue;
      largest = distance;
      where = tensor.name;
    }
  }
  return { comparable: true, tensors: one.length, values, unequal, largest, tensor: where };
}

const readers: Partial<Record<SafetensorsDtype, (bytes: Uint8Array) => ArrayLike<number>>> = {
  F64: (bytes) => new Float64Array(aligned(bytes)),
  F32: (bytes) => new Float32Array(aligned(bytes)),
  F16: (bytes) => Float32Array.from(new Uint16Array(aligned(bytes)), fromHalf),
  // The upper half of a float32.
  BF16: (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(aligned(bytes)), (bits) => bits << 16).buffer),
};

function valuesOf({ dtype, bytes }: SafetensorsTensor): ArrayLike<number> | undefined {
  return readers[dtype]?.(bytes);
}

/** A copy: a tensor may begin anywhere in its file. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
