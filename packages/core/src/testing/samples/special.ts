/** Error function in float64: its series for small x, its continued fraction for large. */
export function erfOf(x: number): number {
  const z = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let term = z;
    let total = z;
    for (let n = 1; n < 80; n += 1) {
      term *= (-z * z) / n;
      total += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * total) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 80; n > 0; n -= 1) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / ((z + fraction) * Math.sqrt(Math.PI)));
}

/** `ln Σ eˣ` without overflow; −∞ of nothing. */
export function logSumExpOf(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(values.reduce((total, value) => total + Math.exp(value - largest), 0));
}

/** Arithmetic mean; NaN of nothing. */
export const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Variance with divisor n − ddof. */
export function varianceOf(values: readonly number[], ddof = 0): number {
  const centre = meanOf(values);
  return values.reduce((total, value) => total + (value - centre) ** 2, 0) / (values.length - ddof);
}
