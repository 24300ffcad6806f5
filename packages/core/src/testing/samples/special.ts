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

/** `1 − erf x`, to a relative precision. */
export function erfcOf(x: number): number {
  if (x < 2.5) return 1 - erfOf(x);
  let fraction = 0;
  for (let n = 80; n > 0; n -= 1) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / ((x + fraction) * Math.sqrt(Math.PI));
}

/** How far the sums below go, beyond which two terms of the asymptotic series are exact. */
const FAR = 400;

const total = (fn: (i: number) => number): number => {
  let sum = 0;
  for (let i = FAR - 1; i >= 0; i -= 1) sum += fn(i);
  return sum;
};

/** `ln Γ(x)` for x > 0. */
export function lgammaOf(x: number): number {
  const z = x + FAR;
  const stirling = (z - 0.5) * Math.log(z / FAR) - x + 1 / (12 * z) - 1 / (360 * z ** 3);
  // ln z and ln (x + i) less ln FAR, so that little cancels.
  const rest = (x - 0.5) * Math.log(FAR) - FAR + Math.log(2 * Math.PI) / 2;
  return stirling + rest - total((i) => Math.log((x + i) / FAR));
}

/** `ψ(x)` for x > 0. */
export function digammaOf(x: number): number {
  const z = x + FAR;
  return Math.log(z) - 1 / (2 * z) - 1 / (12 * z ** 2) + 1 / (120 * z ** 4) - total((i) => 1 / (x + i));
}

/** `ψ⁽ⁿ⁾(x)` for x > 0 and n > 0. */
export function polygammaOf(n: number, x: number): number {
  const z = x + FAR;
  const tail = z ** -n / n + z ** (-n - 1) / 2 + ((n + 1) * z ** (-n - 2)) / 12;
  let factor = n % 2 === 0 ? -1 : 1;
  for (let k = 2; k <= n; k += 1) factor *= k;
  return factor * (tail + total((i) => (x + i) ** (-n - 1)));
}
