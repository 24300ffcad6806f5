import type { Rule } from '../config/rules.ts';
import { flag, nonNegative, probability, tokenIds } from '../config/rules.ts';

/**
 * How tokens are chosen: what Hugging Face's generation_config.json says too, in camel case and with the same meaning.
 * @category Generation
 */
export interface GenerationSettings {
  /** Most tokens to write. Default: what `maxLength` leaves, else 20. */
  readonly maxNewTokens?: number | undefined;
  /** Most tokens of a row, the prompt's among them; `maxNewTokens` goes before it. */
  readonly maxLength?: number | undefined;
  /** No end before so many new tokens. Default 0. */
  readonly minNewTokens?: number | undefined;
  /** No end before so many tokens, the prompt's among them. Default 0. */
  readonly minLength?: number | undefined;
  /**
   * Whether tokens are drawn at random; otherwise the best is taken. Default: what the model's file says; true if the call itself has
   * a `temperature` above 0, `topK`, `topP`, `minP`, `typicalP`, `epsilonCutoff` or `etaCutoff`.
   */
  readonly doSample?: boolean | undefined;
  /** Divides the scores. 0 takes the best token. Default 1. */
  readonly temperature?: number | undefined;
  /** Draws from this many best tokens; 0 from all. Default 50, as in the reference. */
  readonly topK?: number | undefined;
  /** Draws from the fewest best tokens whose probabilities sum to this. Default 1: from all. */
  readonly topP?: number | undefined;
  /** Draws from tokens at least this likely, relative to the best. Default: from all. */
  readonly minP?: number | undefined;
  /** Draws from the tokens whose surprise is nearest to the expected one, up to this probability. Default 1: from all. */
  readonly typicalP?: number | undefined;
  /** Draws from tokens at least this likely. Default 0. */
  readonly epsilonCutoff?: number | undefined;
  /** The same where it is sure, less strict where it is not: `min(η, √η · e^−entropy)`. Default 0. */
  readonly etaCutoff?: number | undefined;
  /** Divides positive and multiplies negative scores of tokens in the prompt (a decoder's alone) or written. Default 1. */
  readonly repetitionPenalty?: number | undefined;
  /** The same the other way round for tokens of the encoder's text: above 1 favours them. Default 1. */
  readonly encoderRepetitionPenalty?: number | undefined;
  /** Subtracted from a token's score for each time it was written; the prompt does not count. Default 0. */
  readonly frequencyPenalty?: number | undefined;
  /** Subtracted from a token's score once it was written; the prompt does not count. Default 0. */
  readonly presencePenalty?: number | undefined;
  /** So many tokens in a row may occur only once, the prompt included. Default 0: no limit. */
  readonly noRepeatNgramSize?: number | undefined;
  /** So many tokens in a row of the encoder's text must not be written. Default 0: no limit. */
  readonly encoderNoRepeatNgramSize?: number | undefined;
  /** Runs of tokens that must not be written. */
  readonly badWordsIds?: readonly (readonly number[])[] | undefined;
  /** Added to the score of the token with which a run of tokens would be complete. */
  readonly sequenceBias?: readonly (readonly [ids: readonly number[], bias: number])[] | undefined;
  /** Added to the scores of tokens: `{ 50256: -100 }`. */
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  /** The first token behind the start (or behind a prompt of one token). */
  readonly forcedBosTokenId?: number | undefined;
  /** The last token, where a row reaches its greatest length. */
  readonly forcedEosTokenId?: number | readonly number[] | undefined;
  /** `[start, factor]`: from so many new tokens on the end is favoured by `factor` to the power of those beyond. */
  readonly exponentialDecayLengthPenalty?: readonly [start: number, factor: number] | undefined;
  /** Tokens that are never written. */
  readonly suppressTokens?: readonly number[] | undefined;
  /** Tokens that are not written first. */
  readonly beginSuppressTokens?: readonly number[] | undefined;
  /** Tokens that end a row; null: none. Default: what the model's files say. */
  readonly eosTokenId?: number | readonly number[] | null | undefined;
  /** Taken as files say it, and not needed: rows are returned as long as they are, and what fills up a batch inside is not looked at. */
  readonly padTokenId?: number | null | undefined;
  /** What an empty prompt begins with. Default: what the model's files say. */
  readonly bosTokenId?: number | null | undefined;
  /** With what a decoder behind an encoder begins. Default: what the model's files say. */
  readonly decoderStartTokenId?: number | null | undefined;
  /** Above 1: searches for the best text, and goes on with so many in each step. Default 1: no search. */
  readonly numBeams?: number | undefined;
  /** Beams in so many groups, each of which avoids what those before it go on with. Default 1. */
  readonly numBeamGroups?: number | undefined;
  /** Subtracted from a token's log-probability for each beam of the groups before that goes on with it. Default 0. */
  readonly diversityPenalty?: number | undefined;
  /** Beams are ranked by their log-probability divided by their length to this power: above 0 favours long ones. Default 1. */
  readonly lengthPenalty?: number | undefined;
  /**
   * When a search is over, once as many beams have ended as it has: at once (true); when none that goes on is better as it is (false); or
   * when none could become better (`never`). Default false.
   */
  readonly earlyStopping?: boolean | 'never' | undefined;
  /** So many answers to each prompt: drawn, or the best beams. Default 1. */
  readonly numReturnSequences?: number | undefined;
}

const isWhole = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= least;
const whole = (least: number): Rule<number> => ({
  is: (value): value is number => isWhole(value, least),
  text: `a whole number of at least ${least}`,
});
const isId = (value: unknown): value is number => isWhole(value, 0);
const areIds = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isId);
const isFinite = (value: unknown): value is number => Number.isFinite(value);

const positive: Rule<number> = {
  is: (value): value is number => isFinite(value) && value > 0,
  text: 'a number above 0',
};
const penalty: Rule<number> = { is: isFinite, text: 'a number' };
const part: Rule<number> = {
  is: (value): value is number => isFinite(value) && value > 0 && value <= 1,
  text: 'a number above 0 and at most 1',
};
const below: Rule<number> = {
  is: (value): value is number => isFinite(value) && value >= 0 && value < 1,
  text: 'a number from 0 to below 1',
};
const ids: Rule<readonly number[]> = { is: areIds, text: 'a list of token ids' };
const runs: Rule<readonly (readonly number[])[]> = {
  is: (value): value is readonly (readonly number[])[] =>
    Array.isArray(value) && value.every((each) => areIds(each) && each.length > 0),
  text: 'a list of lists of token ids',
};
const biases: Rule<NonNullable<GenerationSettings['sequenceBias']>> = {
  is: (value): value is NonNullable<GenerationSettings['sequenceBias']> =>
    Array.isArray(value) &&
    value.every((each) => Array.isArray(each) && areIds(each[0]) && each[0].length > 0 && isBias(each[1])),
  text: 'a list of pairs of a list of token ids and a number',
};
/** −∞ forbids. */
const isBias = (value: unknown): boolean => typeof value === 'number' && !Number.isNaN(value) && value !== Infinity;
/** Not a Map, whose entries are no fields. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const kind: unknown = Object.getPrototypeOf(value);
  return kind === null || Object.getPrototypeOf(kind) === null;
}
const bias: Rule<Readonly<Record<number, number>>> = {
  is: (value): value is Readonly<Record<number, number>> =>
    isPlain(value) && Object.entries(value).every(([id, each]) => /^\d+$/.test(id) && isId(Number(id)) && isBias(each)),
  text: 'an object of token ids with a number each',
};
const decay: Rule<readonly [number, number]> = {
  is: (value): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && isWhole(value[0], 0) && positive.is(value[1]),
  text: '[start, factor]: a whole number and a number above 0',
};
const id: Rule<number> = { is: isId, text: 'a token id' };
/** Each of them has a cache. */
const MOST_ROWS = 1024;
const several: Rule<number> = {
  is: (value): value is number => isWhole(value, 1) && value <= MOST_ROWS,
  text: `a whole number from 1 to ${MOST_ROWS}`,
};
const stopping: Rule<boolean | 'never'> = {
  is: (value): value is boolean | 'never' => typeof value === 'boolean' || value === 'never',
  text: "true, false or 'never'",
};

type Rules = { readonly [Name in keyof GenerationSettings]-?: Rule<NonNullable<GenerationSettings[Name]>> };

/** What each setting may be. */
export const settingRules: Rules = {
  maxNewTokens: whole(0),
  maxLength: whole(0),
  minNewTokens: whole(0),
  minLength: whole(0),
  doSample: flag,
  temperature: nonNegative,
  topK: whole(0),
  topP: probability,
  minP: probability,
  typicalP: part,
  epsilonCutoff: below,
  etaCutoff: below,
  repetitionPenalty: positive,
  encoderRepetitionPenalty: positive,
  frequencyPenalty: penalty,
  presencePenalty: penalty,
  noRepeatNgramSize: whole(0),
  encoderNoRepeatNgramSize: whole(0),
  badWordsIds: runs,
  sequenceBias: biases,
  logitBias: bias,
  forcedBosTokenId: id,
  forcedEosTokenId: tokenIds,
  exponentialDecayLengthPenalty: decay,
  suppressTokens: ids,
  beginSuppressTokens: ids,
  eosTokenId: tokenIds,
  padTokenId: id,
  bosTokenId: id,
  decoderStartTokenId: id,
  numBeams: several,
  numBeamGroups: several,
  diversityPenalty: nonNegative,
  lengthPenalty: penalty,
  earlyStopping: stopping,
  numReturnSequences: several,
};

/** Settings for which null means that there is none; elsewhere it stands for the default. */
export const nullable: ReadonlySet<string> = new Set(['eosTokenId', 'padTokenId', 'bosTokenId', 'decoderStartTokenId']);

/** Settings that say how to draw. */
export const samplingNames = ['temperature', 'topK', 'topP', 'minP', 'typicalP', 'epsilonCutoff', 'etaCutoff'] as const;
