/** Of the standard normal: 95 % lie within. */
const Z = 1.959963984540054;

/** Wilson's 95 % interval of a share of successes. */
export function wilsonInterval(successes: number, trials: number): [low: number, high: number] {
  const share = successes / trials;
  const squared = (Z * Z) / trials;
  const middle = (share + squared / 2) / (1 + squared);
  const half = (Z / (1 + squared)) * Math.sqrt((share * (1 - share)) / trials + squared / (4 * trials));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
