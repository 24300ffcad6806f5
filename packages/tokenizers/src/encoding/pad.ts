import { TokenizerError } from '../errors.ts';
import type { Encoding } from './encoding.ts';

/** How encodings are filled up to one length. */
export interface Padding {
  /** The length: a number, or that of the longest encoding of the batch. Default `longest`. */
  readonly length?: number | 'longest' | undefined;
  /** Rounds the length up to a multiple of this. Default 1. */
  readonly multipleOf?: number | undefined;
  /** The end that is filled. Default `right`. */
  readonly direction?: 'left' | 'right' | undefined;
  /** The token it is filled with, and its id. */
  readonly padToken: string;
  readonly padId: number;
  /** The type id of padding. Default 0. */
  readonly padTypeId?: number | undefined;
}

/** Tokens of the longest padding: no model reads more, and a file can ask for what fits in no memory. */
const LONGEST = 2 ** 24;

/** Fills every encoding of a batch, and what was cut off from it, up to one length; longer ones stay as they are. */
export function padAll(encodings: readonly Encoding[], padding: Padding): Encoding[] {
  const { length = 'longest', multipleOf = 1, direction = 'right', padToken, padId, padTypeId: typeId = 0 } = padding;
  const longest = encodings.reduce((most, encoding) => Math.max(most, encoding.length), 0);
  const wanted = length === 'longest' ? longest : length;
  const rounded = multipleOf > 1 ? Math.ceil(wanted / multipleOf) * multipleOf : wanted;
  if (rounded > LONGEST) throw tooLong(rounded);
  return encodings.map((encoding) =>
    encoding.extend((given) => {
      const missing = Array.from({ length: Math.max(0, rounded - given) });
      return { ids: missing.map(() => padId), tokens: missing.map(() => padToken), typeId, attention: 0 };
    }, direction),
  );
}

function tooLong(length: number): TokenizerError {
  return new TokenizerError(
    'ARGUMENT',
    `encode: padding is too long. Got ${length} tokens; expected at most ${LONGEST}. Pass padding, or null for none.`,
    { op: 'encode', details: { length } },
  );
}
