import { toRegExp } from 'oniguruma-to-es';
import { TokenizerError } from '../errors.ts';

/** Characters of the longest pattern that is read. */
const LONGEST = 10_000;

/**
 * The pattern as a global regular expression of JavaScript.
 * @throws {@link TokenizerError} if it is none, or uses what JavaScript cannot do.
 */
export function readPattern(pattern: unknown, where: string): RegExp {
  const { String: text, Regex: regex } = (pattern ?? {}) as { String?: unknown; Regex?: unknown };
  if (typeof text === 'string') return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'gu');
  if (typeof regex === 'string' && regex.length <= LONGEST) return fromOniguruma(regex, where);
  const got = typeof regex === 'string' ? `${regex.length} characters` : JSON.stringify(pattern)?.slice(0, 100);
  throw new TokenizerError(
    'TOKENIZER',
    `fromJSON: ${where} has no pattern. Got ${got}; expected { String } or { Regex } of at most ${LONGEST} characters.`,
    { op: 'fromJSON' },
  );
}

/** A regular expression of Oniguruma as one of JavaScript. */
export function fromOniguruma(source: string, where: string): RegExp {
  try {
    return toRegExp(source, { global: true, target: 'ES2024', rules: { captureGroup: true } });
  } catch (cause) {
    throw new TokenizerError(
      'TOKENIZER',
      `fromJSON: the pattern of ${where} cannot be read. Got '${source.slice(0, 200)}' (${(cause as Error).message}); expected a ` +
        'regular expression of Oniguruma.',
      { op: 'fromJSON', cause, details: { pattern: source } },
    );
  }
}
