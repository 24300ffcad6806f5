import { TokenizerError } from '../errors.ts';

/** An object of a tokenizer file: nothing of it is trusted. */
export type Json = Readonly<Record<string, unknown>>;

/** What is wrong with a tokenizer file. */
export function malformed(where: string, got: unknown, expected: string): TokenizerError {
  const shown = shorten(got);
  return new TokenizerError(
    'TOKENIZER',
    `fromJSON: ${where} is not as it should be. Got ${shown}; expected ${expected}. Take a tokenizer.json that Hugging Face's ` +
      'tokenizers wrote.',
    { op: 'fromJSON', details: { where } },
  );
}

function shorten(value: unknown): string {
  try {
    return JSON.stringify(value)?.slice(0, 80) ?? 'nothing';
  } catch {
    return 'what is no JSON'; // nested too deep, a circle, a bigint
  }
}

/** The value as an object. */
export function readObject(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw malformed(where, value, 'an object');
}

/** The value as a list, what is missing in it as undefined. */
export function readList(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return Array.from(value as unknown[]);
  throw malformed(where, value, 'a list');
}

/** The value as text; `missing` if it is null or left out. */
export function readText(value: unknown, where: string, missing?: string): string {
  if (typeof value === 'string') return value;
  if ((value === undefined || value === null) && missing !== undefined) return missing;
  throw malformed(where, value, 'a text');
}

/** The value as text, if there is one. */
export const readOptionalText = (value: unknown, where: string): string | undefined =>
  value === undefined || value === null ? undefined : readText(value, where);

/** The value as a flag; `missing` if it is null or left out. */
export function readFlag(value: unknown, where: string, missing: boolean): boolean {
  if (typeof value === 'boolean') return value;
  if (value === undefined || value === null) return missing;
  throw malformed(where, value, 'true or false');
}

/** The value as a whole number of at least 0. */
export function readCount(value: unknown, where: string, missing?: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31) return value;
  if ((value === undefined || value === null) && missing !== undefined) return missing;
  throw malformed(where, value, 'a whole number of at least 0');
}

/** The value as one of some texts. */
export function readChoice<T extends string>(value: unknown, where: string, choices: readonly T[], missing?: T): T {
  if (typeof value === 'string' && (choices as readonly string[]).includes(value)) return value as T;
  if ((value === undefined || value === null) && missing !== undefined) return missing;
  throw malformed(where, value, `one of ${choices.join(', ')}`);
}
