/** Weights made from a seed, alike in Python: see fixtures/recipe.py. */

/** FNV-1a of ASCII text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Uniform over offset ± amplitude, computed in float64 and rounded once. */
export function recipeValues(name: string, [shape, offset, amplitude]: Plan): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from(randomBits(name, count), (bits) => offset + amplitude * (2 * (bits / 2 ** 32) - 1));
}

/** 32 random bits for each index, from a hash of the name. */
function randomBits(name: string, count: number): Uint32Array {
  const seed = hashOf(name);
  return Uint32Array.from({ length: count }, (_, index) => {
    let x = (Math.imul(index, 0x9e3779b9) + seed) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return x ^ (x >>> 16);
  });
}

/** Shape, middle and half width of a tensor's values. */
export type Plan = readonly [shape: readonly number[], offset: number, amplitude: number];

/** Whole numbers from 0 on. */
export function recipeIntegers(name: string, [rows, columns]: readonly [number, number], below: number): number[][] {
  const bits = randomBits(name, rows * columns);
  return Array.from({ length: rows }, (_, y) =>
    Array.from({ length: columns }, (__, x) => bits[y * columns + x]! % below),
  );
}
