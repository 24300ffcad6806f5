import { ArgumentError } from '@gai/core';
import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Rule } from '../config/rules.ts';
import { candidatesOf, probabilitiesOf } from './scores/candidates.ts';
import { filtersOf } from './scores/pipeline.ts';
import { topPlaces } from './scores/top-places.ts';
import { samplingNames, settingRules } from './settings.ts';
import type { GenerationSettings } from './settings.ts';

/**
 * How tokens are drawn, of the settings of {@link generate}.
 * @category Generation
 */
export type SamplingSettings = Pick<GenerationSettings, (typeof samplingNames)[number]>;

/**
 * A token, and how likely it is to be drawn.
 * @category Generation
 */
export interface TokenProbability {
  readonly token: number;
  readonly probability: number;
}

const op = 'samplingProbabilities';

/**
 * With which probability {@link generate} draws each token, given the scores of the next one: all that the settings leave, the likeliest
 * first. Their probabilities sum to 1.
 * @param scores - The logits of one place; −∞ forbids a token.
 * @param settings.temperature - Divides the scores; 0 leaves the best token alone. Default 1.
 * @param settings.topK - How many are left; 0 for all. Default 50, as in `generate`.
 * @param settings.topP - The fewest whose probabilities sum to this are left. Default 1: all.
 * @throws {@link ArgumentError} for a setting out of range, scores that are no numbers, or if no token may be drawn.
 * @example
 * const scores = [Math.log(1), Math.log(6), Math.log(3)];
 * const shown = (left: readonly TokenProbability[]) => left.map(({ token, probability }) => `${token}: ${probability.toFixed(2)}`);
 * shown(samplingProbabilities(scores)); // => ['1: 0.60', '2: 0.30', '0: 0.10']
 * shown(samplingProbabilities(scores, { topP: 0.8 })); // => ['1: 0.67', '2: 0.33']
 * shown(samplingProbabilities(scores, { temperature: 0 })); // => ['1: 1.00']
 * @category Generation
 */
export function samplingProbabilities(scores: ArrayLike<number>, settings: SamplingSettings = {}): TokenProbability[] {
  checkOptionNames(op, settings, samplingNames);
  for (const name of samplingNames) {
    const [value, rule] = [settings[name], settingRules[name] as Rule<unknown>];
    checkArgument(value === undefined || rule.is(value), value, { op, name, rule: rule.text });
  }
  const isList = typeof scores === 'object' && scores !== null && Number.isSafeInteger(scores.length);
  checkArgument(isList, scores, { op, name: 'scores', rule: 'a list of numbers, the logits of one place' });
  const numbers = Float32Array.from(scores);
  const strange = numbers.find((score) => !(score < Infinity));
  checkArgument(strange === undefined, strange, { op, name: 'scores', rule: 'numbers below infinity' });
  let left = candidatesOf(numbers);
  if (left.tokens.length === 0) throw nothingLeft(scores.length);
  if (settings.temperature === 0) return [{ token: left.tokens[topPlaces(left.scores, 1)[0]!]!, probability: 1 }];
  for (const filter of filtersOf(settings)) left = filter(left);
  const probabilities = probabilitiesOf(left.scores);
  return topPlaces(left.scores, left.tokens.length).map((place) => ({
    token: left.tokens[place]!,
    probability: probabilities[place]!,
  }));
}

const nothingLeft = (count: number): ArgumentError =>
  new ArgumentError(
    `${op}: no token may be drawn. Got ${count} scores, none above −∞; expected at least one. Give the logits of a place.`,
    { op, details: { scores: count } },
  );
