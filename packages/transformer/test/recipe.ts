/** Weights made from a seed, alike in Python: see fixtures/recipe.py. */

/** FNV-1a of ASCII text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Uniform over offset ± amplitude, computed in float64 and rounded once. */
export function recipeValues(name: string, [shape, offset, amplitude]: Plan): Float32Array {
  const seed = hashOf(name);
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, index) => {
    let x = (Math.imul(index, 0x9e3779b9) + seed) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    x ^= x >>> 16;
    return offset + amplitude * (2 * ((x >>> 0) / 2 ** 32) - 1);
  });
}

/** Shape, middle and half width of a tensor's values. */
export type Plan = readonly [shape: readonly number[], offset: number, amplitude: number];
