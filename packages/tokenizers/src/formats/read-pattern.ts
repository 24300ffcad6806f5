import { TokenizerError } from '../errors.ts';
import type { Json } from '../read/fields.ts';
import { PRE_TOKENIZERS, preTokenizerNamed, preTokenizerOf } from './patterns.ts';

/** As a regular expression it would find itself alone, which nobody cuts texts by: a name, then. */
const NAME = /^[A-Za-z][\w.-]+$/;

/**
 * How texts are cut into words, by a name or a regular expression.
 * @throws {@link TokenizerError} if it looks like a name and is none: taken as a regular expression it would give other tokens silently.
 */
export function readPattern(op: string, pattern: string): Json {
  const known = typeof pattern === 'string' ? preTokenizerNamed(pattern) : undefined;
  if (known !== undefined) return known;
  if (typeof pattern === 'string' && pattern !== '' && !NAME.test(pattern)) return preTokenizerOf(pattern);
  const nearest = typeof pattern === 'string' ? nearestOf(pattern.toLowerCase()) : undefined;
  throw new TokenizerError(
    'ARGUMENT',
    `${op}: there is no pattern of that name. Got ${JSON.stringify(pattern)?.slice(0, 80)}; expected one of ${PRE_TOKENIZERS.join(', ')}, or ` +
      `a regular expression. ${nearest === undefined ? 'Choose one.' : `Did you mean '${nearest}'?`}`,
    { op, details: { pattern } },
  );
}

/** The name that begins most like it; undefined where less than half of it is alike. */
function nearestOf(name: string): string | undefined {
  const alike = (other: string): number => {
    let length = 0;
    while (length < name.length && name[length] === other[length]) length++;
    return length;
  };
  const [best] = PRE_TOKENIZERS.toSorted((a, b) => alike(b) - alike(a));
  return best !== undefined && name !== '' && alike(best) * 2 >= name.length ? best : undefined;
}
