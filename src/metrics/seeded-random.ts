/** Random numbers that follow from a seed, the same on every machine: xoshiro128** (Blackman and Vigna 2018), state filled by splitmix32. */

/** Returns integers in [0, below), for 1 <= `below` <= 2^32, without bias to speak of (less than 2^-20 for `below` up to 4096). */
export function seededIntegers(seed: number): (below: number) => number {
  const state = new Uint32Array(4);
  let filler = seed >>> 0;
  for (let word = 0; word < 4; word++) {
    filler = (filler + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(filler ^ (filler >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    state[word] = mixed ^ (mixed >>> 15);
  }
  return (below) => Math.floor((next(state) / 2 ** 32) * below);
}

/** The next 32 bits. */
function next(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = state;
  const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
  const third = c ^ a;
  const fourth = d ^ b;
  state[0] = a ^ fourth;
  state[1] = b ^ third;
  state[2] = third ^ (b << 9);
  state[3] = rotate(fourth, 11);
  return result;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
