import { meanOf } from './episode-monitor.ts';

/**
 * `train/explained_variance`: how much of what was returned the values foresaw, `1 − Var(returns − values) / Var(returns)`;
 * nothing where all returns are alike.
 */
export function explainedVariance({
  values,
  returns,
}: {
  readonly values: ArrayLike<number | bigint>;
  readonly returns: Float32Array;
}): Record<string, number> {
  const spread = variance(returns);
  if (spread === 0) return {};
  return {
    'train/explained_variance': 1 - variance(returns.map((value, row) => value - Number(values[row]))) / spread,
  };
}

function variance(values: Float32Array): number {
  const mean = meanOf(values);
  return meanOf(Float64Array.from(values, (value) => (value - mean) ** 2));
}
