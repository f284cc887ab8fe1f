/** Random numbers that follow from a seed, the same on every machine: xoshiro128** (Blackman and Vigna 2018), state filled by splitmix32. */

/** Returns integers in [0, below), for 1 <= `below` <= 2^32, without bias to speak of (less than 2^-20 for `below` up to 4096). */
export function seededIntegers(seed: number): (below: number) => number {
  // Four numbers, not an array: this is drawn from millions of times.
  let [a, b, c, d] = filled(seed);
  return (below) => {
    const drawn = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return Math.floor((drawn / 2 ** 32) * below);
  };
}

function filled(seed: number): [number, number, number, number] {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  return [next(), next(), next(), next()];
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
