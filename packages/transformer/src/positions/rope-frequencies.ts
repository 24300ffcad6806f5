/** How rotary positions turn. */
export interface RopeParameters {
  /**
   * `default`: as they are; `linear`: every angle is divided by `factor`; `llama3`: only slow ones are, with a soft border,
   * as Llama 3.1 does.
   */
  readonly ropeType: 'default' | 'linear' | 'llama3';
  /** Base of the wave lengths: pair i of d turns by `position / base^(i / d)`. */
  readonly ropeTheta: number;
  /** By how much longer the context becomes; for `linear` and `llama3`. */
  readonly factor?: number | undefined;
  /** For `llama3`: waves that fit less often into the old context are stretched in full. */
  readonly lowFreqFactor?: number | undefined;
  /** For `llama3`: waves that fit more often into the old context stay. */
  readonly highFreqFactor?: number | undefined;
  /** For `llama3`: the old context, in tokens. */
  readonly originalMaxPositionEmbeddings?: number | undefined;
}

const { fround } = Math;

/**
 * The angles per position of each pair of features: `base^(−2i / dim)`, scaled as the parameters say. Computed with float32
 * steps, as in the reference, so that angles agree at far positions too.
 * @param dim - Features of a head, an even number.
 * @returns `dim / 2` angles in radians per position.
 * @example
 * [...ropeFrequencies(4, { ropeType: 'default', ropeTheta: 10_000 })].map((angle) => angle.toFixed(4)); // => ['1.0000', '0.0100']
 * @see Su et al. 2021, https://arxiv.org/abs/2104.09864
 * @category Positions
 */
export function ropeFrequencies(dim: number, parameters: RopeParameters): Float32Array {
  const angles = Float32Array.from({ length: Math.floor(dim / 2) }, (_, pair) => {
    const power = fround(parameters.ropeTheta ** fround((2 * pair) / dim));
    return fround(1 / power);
  });
  return angles.map((angle) => scaled(angle, parameters));
}

function scaled(angle: number, parameters: RopeParameters): number {
  const { ropeType, factor = 1 } = parameters;
  if (ropeType === 'default') return angle;
  if (ropeType === 'linear') return fround(angle / factor);
  const {
    lowFreqFactor: low = 1,
    highFreqFactor: high = 4,
    originalMaxPositionEmbeddings: context = 8192,
  } = parameters;
  const fits = fround(context / fround((2 * Math.PI) / angle)); // How many of its waves fit into the old context.
  if (fits < low) return fround(angle / factor);
  if (fits > high) return angle;
  const kept = (fits - low) / (high - low);
  return fround(((1 - kept) * angle) / factor + kept * angle);
}
