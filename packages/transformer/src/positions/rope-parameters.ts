/** How rotary positions turn, as files of Hugging Face say it. */
export interface RopeParameters {
  /**
   * `default`: as they are; `linear`: every angle is divided by `factor`; `llama3`: only slow ones are, with a soft border, as Llama 3.1
   * does; `yarn`: the same with a ramp, and larger scores; `dynamic`: the base grows with texts longer than the context; `longrope`: a
   * factor for every pair, others for long texts; `proportional`: only the first pairs turn.
   */
  readonly ropeType: 'default' | 'linear' | 'dynamic' | 'yarn' | 'longrope' | 'llama3' | 'proportional';
  /** Base of the wave lengths: pair i of d turns by `position / base^(i / d)`. */
  readonly ropeTheta: number;
  /** The part of a head's features that is turned, the first ones. Default 1. */
  readonly partialRotaryFactor?: number | undefined;
  /** By how much longer the context becomes; for all but `default`. */
  readonly factor?: number | undefined;
  /** For `llama3`: waves that fit less often into the old context are stretched in full. */
  readonly lowFreqFactor?: number | undefined;
  /** For `llama3`: waves that fit more often into the old context stay. */
  readonly highFreqFactor?: number | undefined;
  /** For `llama3`, `yarn` and `longrope`: the old context, in tokens. */
  readonly originalMaxPositionEmbeddings?: number | undefined;
  /** For `dynamic`: the context, in tokens. Models take theirs. */
  readonly maxPositionEmbeddings?: number | undefined;
  /** For `yarn` and `longrope`: what queries and keys are multiplied with. Default: as their papers say. */
  readonly attentionFactor?: number | undefined;
  /** For `yarn`: pairs that turn more often in the old context stay. Default 32. */
  readonly betaFast?: number | undefined;
  /** For `yarn`: pairs that turn less often in the old context are stretched in full. Default 1. */
  readonly betaSlow?: number | undefined;
  /** For `yarn`: weight of the default `attentionFactor`, together with `mscaleAllDim`. */
  readonly mscale?: number | undefined;
  /** For `yarn`: weight of what the default `attentionFactor` is divided by. */
  readonly mscaleAllDim?: number | undefined;
  /** For `yarn`: whether the ramp begins and ends at whole pairs. Default true. */
  readonly truncate?: boolean | undefined;
  /** For `longrope`: a factor for every pair in texts up to the old context. */
  readonly shortFactor?: readonly number[] | undefined;
  /** For `longrope`: a factor for every pair in longer texts. */
  readonly longFactor?: readonly number[] | undefined;
}

/** What queries and keys are multiplied with besides being turned: long contexts want sharper attention. */
export function attentionFactor(parameters: RopeParameters): number {
  const { ropeType, factor = 1, mscale, mscaleAllDim, originalMaxPositionEmbeddings: context = 1 } = parameters;
  if (ropeType !== 'yarn' && ropeType !== 'longrope') return 1;
  if (parameters.attentionFactor !== undefined) return parameters.attentionFactor;
  if (ropeType === 'longrope') return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(context));
  const scale = (weight: number): number => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1);
  return mscale && mscaleAllDim ? scale(mscale) / scale(mscaleAllDim) : scale(1);
}
