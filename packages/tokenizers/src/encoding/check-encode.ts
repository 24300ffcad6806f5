import { checkOptionNames } from '../check-option-names.ts';
import { TokenizerError } from '../errors.ts';
import type { EncodeOptions } from '../tokenizer.ts';
import type { Padding } from './pad.ts';
import type { Truncation } from './truncate.ts';

const OPTIONS = ['addSpecialTokens', 'truncation', 'padding', 'splitSpecialTokens'];
const STRATEGIES: readonly unknown[] = [undefined, 'longest_first', 'only_first', 'only_second'];
const DIRECTIONS: readonly unknown[] = [undefined, 'left', 'right'];

/** What is wrong with the arguments of `encode`. */
export const refused = (what: string): TokenizerError =>
  new TokenizerError('ARGUMENT', `encode: ${what}`, { op: 'encode' });

/** Refuses texts that are none: a string, or a list of two of them. */
export function checkText(text: unknown): void {
  const parts: unknown[] = Array.isArray(text) ? text : [text];
  const count = Array.isArray(text) ? 2 : 1;
  if (parts.length === count && parts.every((part) => typeof part === 'string')) return;
  const got = Array.isArray(text) ? `a list of ${parts.map((part) => typeof part).join(', ')}` : typeof text;
  throw refused(`there is no text. Got ${text === null ? 'null' : got}; expected a string, or a pair of them.`);
}

/** Refuses options that are unknown or make no sense; `own` are those the caller has besides. */
export function checkOptions(options: EncodeOptions, own: readonly string[] = []): void {
  if (!isRecord(options)) throw refused(`there are no options. Got ${String(options)}; expected an object.`);
  checkOptionNames('encode', options, [...OPTIONS, ...own]);
  const { truncation = null, padding = null } = options;
  if (truncation !== null) checkTruncation(truncation);
  if (padding !== null && padding !== true) checkPadding(padding);
}

function checkTruncation(truncation: Truncation): void {
  if (!isRecord(truncation)) throw noObject('truncation', truncation, '{ maxLength }');
  const { maxLength, stride = 0, strategy, direction } = truncation;
  checkCount('maxLength', maxLength);
  checkCount('stride', stride);
  checkChoice('strategy', strategy, STRATEGIES);
  checkChoice('direction', direction, DIRECTIONS);
}

function checkPadding(padding: Padding): void {
  if (!isRecord(padding)) throw noObject('padding', padding, '{ padToken, padId }, true for the token of the files');
  const { padToken, padId, length = 'longest', multipleOf = 1, padTypeId = 0, direction } = padding;
  if (typeof padToken !== 'string') throw refused(`padToken is no text. Got ${typeof padToken}; expected a string.`);
  for (const [name, value] of Object.entries({ padId, multipleOf, padTypeId })) checkCount(name, value);
  if (length !== 'longest') checkCount('length', length);
  checkChoice('direction', direction, DIRECTIONS);
}

function checkCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw refused(`${name} is out of range. Got ${String(value)}; expected a whole number of at least 0.`);
}

function checkChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  throw refused(`${name} is unknown. Got '${String(value)}'; expected one of ${choices.slice(1).join(', ')}.`);
}

const noObject = (name: string, value: unknown, expected: string): TokenizerError =>
  refused(`${name} is no object. Got ${String(value)}; expected ${expected}, or null for none.`);

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
