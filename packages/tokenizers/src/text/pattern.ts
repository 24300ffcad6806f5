import { TokenizerError } from '../errors.ts';
import { KNOWN_PATTERNS } from './known-patterns.ts';
import { compilePattern, parsePattern } from './linear/compile.ts';
import { isQuick } from './linear/is-quick.ts';
import { LinearRegExp } from './linear/linear-reg-exp.ts';
import { translate } from './translate.ts';

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

/**
 * A regular expression of Oniguruma as one of JavaScript. One that is not known, or so simple that nothing can go wrong, is searched
 * for by a matcher of our own, in time linear in the text: files of strangers must not make a program hang.
 */
export function fromOniguruma(source: string, where: string): RegExp {
  try {
    const native = translate(source);
    if (KNOWN_PATTERNS.has(source)) return native;
    const tree = parsePattern(source);
    return isQuick(tree) ? native : new LinearRegExp(native.source, native.flags, compilePattern(tree));
  } catch (cause) {
    throw new TokenizerError(
      'TOKENIZER',
      `fromJSON: the pattern of ${where} cannot be read. Got '${source.slice(0, 200)}' (${(cause as Error).message}); expected a ` +
        'regular expression of Oniguruma that can be searched for in linear time: no references back, no recursion.',
      { op: 'fromJSON', cause, details: { pattern: source } },
    );
  }
}
