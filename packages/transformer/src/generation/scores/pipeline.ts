import type { GenerationSettings } from '../settings.ts';
import {
  badWords,
  beginSuppress,
  encoderNoRepeatNgram,
  exponentialDecay,
  force,
  noEndBefore,
  noRepeatNgram,
  sequenceBias,
  suppress,
} from './bans.ts';
import type { CandidateFilter } from './candidates.ts';
import { epsilonCutoff, etaCutoff, minP, temperature, topK, topP, typicalP } from './filters.ts';
import { countPenalties, encoderRepetitionPenalty, repetitionPenalty } from './penalties.ts';
import type { ScoreProcessor } from './processor.ts';

/** One token or several as a list; nothing as an empty one. */
export const listOf = (tokens: number | readonly number[] | null | undefined): readonly number[] =>
  tokens === null || tokens === undefined ? [] : typeof tokens === 'number' ? [tokens] : tokens;

/** What changes the scores, in the order of transformers 5; frequency and presence follow on repetition. */
export function processorsOf(settings: GenerationSettings): ScoreProcessor[] {
  const ends = listOf(settings.eosTokenId);
  return [...biases(settings), ...repetitions(settings, ends), ...lengths(settings, ends), ...suppressions(settings)];
}

function biases({ sequenceBias: runs = [], logitBias = {} }: GenerationSettings): ScoreProcessor[] {
  const single = Object.entries(logitBias).map(([token, bias]) => [[Number(token)], bias] as const);
  const all = [...runs, ...single];
  return all.length > 0 ? [sequenceBias(all)] : [];
}

function repetitions(settings: GenerationSettings, ends: readonly number[]): ScoreProcessor[] {
  const { frequencyPenalty: frequency = 0, presencePenalty: presence = 0, badWordsIds = [] } = settings;
  const [own, encoder] = [settings.repetitionPenalty ?? 1, settings.encoderRepetitionPenalty ?? 1];
  const [size, encoderSize] = [settings.noRepeatNgramSize ?? 0, settings.encoderNoRepeatNgramSize ?? 0];
  return [
    ...(encoder === 1 ? [] : [encoderRepetitionPenalty(encoder)]),
    ...(own === 1 ? [] : [repetitionPenalty(own)]),
    ...(frequency === 0 && presence === 0 ? [] : [countPenalties(frequency, presence)]),
    ...(size === 0 ? [] : [noRepeatNgram(size)]),
    ...(encoderSize === 0 ? [] : [encoderNoRepeatNgram(encoderSize)]),
    ...(badWordsIds.length === 0 ? [] : [badWords(badWordsIds, ends)]),
  ];
}

function lengths(settings: GenerationSettings, ends: readonly number[]): ScoreProcessor[] {
  const { minLength = 0, minNewTokens = 0, forcedBosTokenId, exponentialDecayLengthPenalty: decay } = settings;
  const last = listOf(settings.forcedEosTokenId);
  return [
    ...(minLength === 0 ? [] : [noEndBefore(() => minLength, ends)]),
    ...(minNewTokens === 0 ? [] : [noEndBefore(({ promptLength }) => promptLength + minNewTokens, ends)]),
    ...(forcedBosTokenId === undefined ? [] : [force([forcedBosTokenId], ({ ids }) => ids.length === 1)]),
    ...(last.length === 0 ? [] : [force(last, ({ ids, maxLength }) => ids.length === maxLength - 1)]),
    ...(decay === undefined ? [] : [exponentialDecay(decay, ends)]),
  ];
}

function suppressions({ suppressTokens, beginSuppressTokens, forcedBosTokenId }: GenerationSettings): ScoreProcessor[] {
  const isForced = forcedBosTokenId !== undefined;
  return [
    ...(suppressTokens === undefined ? [] : [suppress(suppressTokens)]),
    ...(beginSuppressTokens === undefined ? [] : [beginSuppress(beginSuppressTokens, isForced)]),
  ];
}

/** What tokens are drawn from, in the order of transformers 5. */
export function filtersOf(settings: GenerationSettings): CandidateFilter[] {
  const { temperature: divisor = 1, topK: count = 50, topP: mass = 1, minP: least, typicalP: typical = 1 } = settings;
  const { epsilonCutoff: epsilon = 0, etaCutoff: eta = 0 } = settings;
  return [
    ...(divisor === 1 ? [] : [temperature(divisor)]),
    ...(count === 0 ? [] : [topK(count)]),
    ...(mass === 1 ? [] : [topP(mass)]),
    ...(least === undefined ? [] : [minP(least)]),
    ...(typical === 1 ? [] : [typicalP(typical)]),
    ...(epsilon === 0 ? [] : [epsilonCutoff(epsilon)]),
    ...(eta === 0 ? [] : [etaCutoff(eta)]),
  ];
}
