import { tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';

/** Where sines and cosines stand, and how the wave lengths are spaced. */
export interface SinusoidalOptions {
  /**
   * `interleaved`: sine and cosine of each wave length side by side, as in the paper and DistilBERT; `halves`: all sines, then
   * all cosines, as in Pegasus and Marian. Default `interleaved`.
   */
  readonly layout?: 'interleaved' | 'halves' | undefined;
  /**
   * Whether the longest wave length is `base · 2π` itself, as in fairseq, instead of the next one after the last. Default
   * false.
   */
  readonly reachesBase?: boolean | undefined;
  /** Default 10,000. */
  readonly base?: number | undefined;
}

/**
 * Fixed position embeddings: `sin(position / base^(2i / dim))` and the cosine of the same.
 * @param count - Positions.
 * @param dim - Features, an even number.
 * @returns `[count, dim]`, float32.
 * @example
 * await toArray(sinusoidalPositions(1, 4)); // => [[0, 1, 0, 1]]
 * @see Vaswani et al. 2017, section 3.5, https://arxiv.org/abs/1706.03762
 * @category Positions
 */
export function sinusoidalPositions(count: number, dim: number, options: SinusoidalOptions = {}): Tensor {
  checkOptionNames('sinusoidalPositions', options, ['layout', 'reachesBase', 'base']);
  const { layout = 'interleaved', reachesBase = false, base = 10_000 } = options;
  const half = Math.floor(dim / 2);
  const steps = reachesBase ? half - 1 : half;
  const table = new Float32Array(count * dim);
  for (let position = 0; position < count; position += 1) {
    for (let wave = 0; wave < half; wave += 1) {
      const angle = position / base ** (wave / steps);
      const [first, second] = layout === 'interleaved' ? [2 * wave, 2 * wave + 1] : [wave, half + wave];
      table[position * dim + first] = Math.sin(angle);
      table[position * dim + second] = Math.cos(angle);
    }
  }
  return tensor(table, { shape: [count, dim] });
}
