import { toRegExp } from 'oniguruma-to-es';

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

/** A regular expression of Oniguruma as a global one of JavaScript. */
export const translate = (source: string): RegExp =>
  corrected(toRegExp(source, { global: true, target: 'ES2024', rules: { captureGroup: true } }), source);
