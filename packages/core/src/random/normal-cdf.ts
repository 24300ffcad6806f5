/**
 * The probability that a standard normal variable lies below z, on the host, to a relative 1e-14.
 *
 * Beyond 1.5 by the continued fraction of the tail, else by the series `½ + φ(z) · (z + z³/3 + z⁵/(3·5) + …)`.
 */
export function normalCdf(z: number): number {
  if (z > 1.5) return 1 - normalCdf(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < -1.5) {
    if (density === 0) return 0;
    let fraction = 0;
    for (let n = 200; n > 0; n -= 1) fraction = n / (fraction - z);
    return density / (fraction - z);
  }
  let term = z;
  let total = z;
  for (let n = 3; n < 80; n += 2) {
    term *= (z * z) / n;
    total += term;
  }
  return 0.5 + density * total;
}
