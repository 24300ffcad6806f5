import { ArgumentError } from '@gai/core';
import type { RopeParameters } from './rope-parameters.ts';

const { fround } = Math;

/**
 * The angles per position of each pair of features: `base^(−2i / dim)`, scaled as the parameters say. Computed with float32
 * steps, as in the reference, so that angles agree at far positions too.
 * @param dim - Features of a head, an even number. With a `partialRotaryFactor` only that part of them is turned.
 * @param parameters - Base and scaling.
 * @param length - Tokens of the text, on which the angles of `dynamic` and `longrope` depend. Default: a text of the old context.
 * @returns An angle in radians per position for each pair.
 * @throws {@link ArgumentError} if something is missing that the kind of scaling needs, or factors do not fit the features.
 * @example
 * [...ropeFrequencies(4, { ropeType: 'default', ropeTheta: 10_000 })].map((angle) => angle.toFixed(4)); // => ['1.0000', '0.0100']
 * @see Su et al. 2021, https://arxiv.org/abs/2104.09864
 * @category Positions
 */
export function ropeFrequencies(dim: number, parameters: RopeParameters, length = 1): Float32Array {
  const turned = turnedFeatures(dim, parameters);
  switch (parameters.ropeType) {
    case 'default':
      return frequencies(turned, parameters.ropeTheta);
    case 'linear':
      return frequencies(turned, parameters.ropeTheta).map((angle) => fround(angle / needed(parameters, 'factor')));
    case 'llama3':
      return llama3(frequencies(turned, parameters.ropeTheta), parameters);
    case 'yarn':
      return yarn(turned, parameters);
    case 'longrope':
      return longRope(turned, parameters, length);
    case 'dynamic':
      return frequencies(turned, dynamicBase(turned, parameters, length));
    case 'proportional':
      return proportional(dim, parameters);
  }
}

/**
 * Tokens up to which a text may grow without its angles becoming others: the context of `dynamic` and `longrope`, else Infinity.
 * Keys of longer texts depend on how long the text was when they were computed.
 */
export function steadyLength(parameters: RopeParameters): number {
  if (parameters.ropeType === 'dynamic') return needed(parameters, 'maxPositionEmbeddings');
  if (parameters.ropeType !== 'longrope') return Infinity;
  const [short, long] = [needed(parameters, 'shortFactor'), needed(parameters, 'longFactor')];
  const isAlike = short.length === long.length && short.every((factor, pair) => factor === long[pair]);
  return isAlike ? Infinity : needed(parameters, 'originalMaxPositionEmbeddings');
}

/** How many features of a head are turned. */
export const turnedFeatures = (dim: number, { partialRotaryFactor = 1 }: RopeParameters): number =>
  Math.trunc(dim * partialRotaryFactor);

/** `base^(2i / dim)`: the wave lengths, over 2π. */
export function powers(dim: number, base: number): Float32Array {
  return Float32Array.from({ length: Math.ceil(dim / 2) }, (_, pair) => base ** fround((2 * pair) / dim));
}

const frequencies = (dim: number, base: number): Float32Array => powers(dim, base).map((power) => fround(1 / power));

/** Slow waves are stretched, fast ones stay, and there is a soft border between them. */
function llama3(angles: Float32Array, parameters: RopeParameters): Float32Array {
  const factor = needed(parameters, 'factor');
  const low = needed(parameters, 'lowFreqFactor');
  const high = needed(parameters, 'highFreqFactor');
  const context = needed(parameters, 'originalMaxPositionEmbeddings');
  return angles.map((angle) => {
    const fits = fround(context / fround((2 * Math.PI) / angle)); // How many of its waves fit into the old context.
    if (fits < low) return fround(angle / factor);
    if (fits > high) return angle;
    const kept = (fits - low) / (high - low);
    return fround(((1 - kept) * angle) / factor + kept * angle);
  });
}

/** A ramp over the pairs, from those that stay to those that are stretched (Peng et al. 2023, section 3.2). */
function yarn(dim: number, parameters: RopeParameters): Float32Array {
  const factor = needed(parameters, 'factor');
  const context = needed(parameters, 'originalMaxPositionEmbeddings');
  const { ropeTheta, betaFast, betaSlow, truncate = true } = parameters;
  const pairThatTurns = (times: number): number =>
    (dim * Math.log(context / (times * 2 * Math.PI))) / (2 * Math.log(ropeTheta));
  const [first, last] = [pairThatTurns(betaFast || 32), pairThatTurns(betaSlow || 1)];
  const low = Math.max(truncate ? Math.floor(first) : first, 0);
  const high = Math.min(truncate ? Math.ceil(last) : last, dim - 1);
  const width = low === high ? 0.001 : high - low;
  return powers(dim, ropeTheta).map((power, pair) => {
    const ramp = Math.min(1, Math.max(0, fround(fround(pair - low) / width)));
    const kept = fround(1 - ramp);
    return fround(fround(fround(1 / fround(factor * power)) * fround(1 - kept)) + fround(fround(1 / power) * kept));
  });
}

/** A factor for each pair, others for texts longer than the old context. */
function longRope(dim: number, parameters: RopeParameters, length: number): Float32Array {
  const isLong = length > needed(parameters, 'originalMaxPositionEmbeddings');
  const name = isLong ? 'longFactor' : 'shortFactor';
  const factors = needed(parameters, name);
  const waves = powers(dim, parameters.ropeTheta);
  if (factors.length === waves.length) {
    return waves.map((power, pair) => fround(1 / fround(fround(factors[pair]!) * power)));
  }
  throw new ArgumentError(
    `ropeFrequencies: the factors do not fit. Got ${name} of ${factors.length} numbers; expected ${waves.length}, one for each pair of ` +
      `features. Correct them.`,
    { op: 'ropeFrequencies', details: { field: name } },
  );
}

/** The base grows with texts longer than the context. */
function dynamicBase(dim: number, parameters: RopeParameters, length: number): number {
  const context = needed(parameters, 'maxPositionEmbeddings');
  const factor = needed(parameters, 'factor');
  if (dim <= 2) throw tooFew(dim);
  const grown = (factor * Math.max(length, context)) / context - (factor - 1);
  return parameters.ropeTheta * grown ** (dim / (dim - 2));
}

/** Only a part of the pairs turns, with the wave lengths of a whole head; the others have angle 0. */
function proportional(dim: number, { ropeTheta, factor = 1, partialRotaryFactor = 1 }: RopeParameters): Float32Array {
  const turning = Math.floor((partialRotaryFactor * dim) / 2);
  return powers(dim, ropeTheta).map((power, pair) => (pair < turning ? fround(fround(1 / power) / factor) : 0));
}

/** A parameter that the kind of scaling needs. */
export function needed<Name extends keyof RopeParameters>(
  parameters: RopeParameters,
  name: Name,
): NonNullable<RopeParameters[Name]> {
  const value = parameters[name];
  if (value !== undefined) return value as NonNullable<RopeParameters[Name]>;
  throw new ArgumentError(
    `ropeFrequencies: a parameter is missing. Got ropeType '${parameters.ropeType}' without ${name}; expected one. Add it.`,
    { op: 'ropeFrequencies', details: { field: name } },
  );
}

const tooFew = (dim: number): ArgumentError =>
  new ArgumentError(
    `ropeFrequencies: there is nothing to stretch. Got ${dim} features with ropeType 'dynamic'; expected at least 4. Take another ropeType.`,
    { op: 'ropeFrequencies', details: { dim } },
  );
