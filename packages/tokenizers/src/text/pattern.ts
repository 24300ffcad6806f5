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

/** What `\\w` of Oniguruma matches: of numbers that are no digits, only those of Latin 1. */
const WORD = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\xb2\xb3\xb9\xbc-\xbe`;

/**
 * The pattern with what its translation has otherwise: `\w`; and `[^]`, any character, which V8 with the flag `v` repeats with no
 * quantifier (`/[^]+/v` matches one character).
 */
function corrected(pattern: RegExp, original: string): RegExp {
  const isPlain = Object.getPrototypeOf(pattern) === RegExp.prototype;
  const any = (part: string): string => (part === '[^]' ? String.raw`[\s\S]` : part);
  let source = pattern.source.replaceAll(/\\.|\[\^\]/gsu, any);
  if (/\\[wb]/iu.test(original)) source = source.replaceAll(String.raw`\p{L}\p{M}\p{N}\p{Pc}`, WORD);
  return isPlain && source !== pattern.source ? new RegExp(source, pattern.flags) : pattern;
}

/** A regular expression of Oniguruma as one of JavaScript. */
export function fromOniguruma(source: string, where: string): RegExp {
  try {
    return corrected(toRegExp(source, { global: true, target: 'ES2024', rules: { captureGroup: true } }), source);
  } catch (cause) {
    throw new TokenizerError(
      'TOKENIZER',
      `fromJSON: the pattern of ${where} cannot be read. Got '${source.slice(0, 200)}' (${(cause as Error).message}); expected a ` +
        'regular expression of Oniguruma.',
      { op: 'fromJSON', cause, details: { pattern: source } },
    );
  }
}
