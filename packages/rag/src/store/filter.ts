import { ArgumentError } from '@gai/core/errors';
import type { Metadata, MetadataValue } from '../documents/document.ts';
import { isKey, isMetadataValue } from './metadata.ts';

/**
 * Bounds of numbers, or of texts in the order of their UTF-16 units: at least, above, at most, below.
 * @category Stores
 */
export interface FilterRange<T extends number | string = number | string> {
  readonly gte?: T | undefined;
  readonly gt?: T | undefined;
  readonly lte?: T | undefined;
  readonly lt?: T | undefined;
}

/**
 * What the metadata of a document must say. Beside its own keys every document has `source` and `title`.
 *
 * A value of another type is another value: `{ key: 'year', eq: '2020' }` does not fit the number 2020. What is asked of a key that a
 * document lacks is false, so `{ not: … }` of it is true.
 * @example
 * const filter: Filter = { and: [{ key: 'lang', in: ['en', 'de'] }, { not: { key: 'source', prefix: 'drafts/' } }] };
 * matches({ lang: 'en', source: 'docs/a.md' }, filter); // => true
 * @category Stores
 */
export type Filter =
  | { readonly key: string; readonly eq: MetadataValue }
  | { readonly key: string; readonly in: readonly MetadataValue[] }
  | { readonly key: string; readonly range: FilterRange }
  | { readonly key: string; readonly prefix: string }
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter };

type Test = (metadata: Metadata) => boolean;

/** So deep and so large may a filter be: it may come from a stranger. */
const DEPTH = 32;
const PARTS = 1000;
const BOUNDS = ['gte', 'gt', 'lte', 'lt'] as const;
const FORMS = ['eq', 'in', 'range', 'prefix'];

/**
 * Whether metadata fits a filter.
 * @throws {@link ArgumentError} for a filter of no known form, with a key or value that cannot be one, or of more than 1,000 parts.
 * @example
 * matches({ year: 2021 }, { key: 'year', range: { gte: 2020, lt: 2022 } }); // => true
 * matches({ year: 2021 }, { key: 'lang', eq: 'en' }); // => false
 * @category Stores
 */
export function matches(metadata: Metadata, filter: Filter): boolean {
  return compileFilter('matches', filter)(metadata);
}

/** A filter that was checked once, as a function of metadata. */
export function compileFilter(op: string, filter: Filter): Test {
  return new Compiler(op).compile(filter, 0);
}

class Compiler {
  readonly #op: string;
  #parts = 0;

  constructor(op: string) {
    this.#op = op;
  }

  compile(filter: Filter, depth: number): Test {
    this.#parts++;
    if (depth > DEPTH)
      throw this.#refused('a filter is nested too deep', `more than ${DEPTH} levels`, `at most ${DEPTH}`);
    if (this.#parts > PARTS)
      throw this.#refused('a filter is too large', `more than ${PARTS} parts`, `at most ${PARTS}`);
    if (typeof filter !== 'object' || filter === null) throw this.#form(filter);
    const names = Object.keys(filter);
    const [only] = names;
    if (names.length === 1 && (only === 'and' || only === 'or' || only === 'not'))
      return this.#combine(filter, depth + 1);
    if (names.length !== 2 || !('key' in filter)) throw this.#form(filter);
    const { key } = filter;
    if (!isKey(key)) throw this.#refused('a key of a filter does not fit', shown(key), 'letters, digits, _, . and -');
    const test = this.#test(filter);
    return (metadata) => Object.hasOwn(metadata, key) && test(metadata[key]!);
  }

  #combine(filter: Filter, depth: number): Test {
    if ('not' in filter) {
      const inner = this.compile(filter.not, depth);
      return (metadata) => !inner(metadata);
    }
    const isAnd = 'and' in filter;
    const list = isAnd ? filter.and : (filter as { readonly or: readonly Filter[] }).or;
    if (!Array.isArray(list)) throw this.#refused('a filter has no list', shown(list), 'a list of filters');
    const tests = (list as readonly Filter[]).map((each) => this.compile(each, depth));
    return isAnd
      ? (metadata) => tests.every((test) => test(metadata))
      : (metadata) => tests.some((test) => test(metadata));
  }

  #test(filter: Filter): (value: MetadataValue) => boolean {
    if ('eq' in filter) {
      const { eq } = filter;
      if (!isMetadataValue(eq)) throw this.#refused('a value does not fit', shown(eq), 'a string, number or boolean');
      return (value) => value === eq;
    }
    if ('in' in filter) {
      const wanted = filter.in;
      const fits = Array.isArray(wanted) && wanted.every(isMetadataValue);
      if (!fits) throw this.#refused('in does not fit', shown(wanted), 'a list of strings, numbers or booleans');
      const set = new Set(wanted);
      return (value) => set.has(value);
    }
    if ('prefix' in filter) {
      const { prefix } = filter;
      if (typeof prefix !== 'string') throw this.#refused('prefix does not fit', shown(prefix), 'a string');
      return (value) => typeof value === 'string' && value.startsWith(prefix);
    }
    if ('range' in filter) return this.#range(filter.range);
    throw this.#form(filter);
  }

  #range(range: FilterRange): (value: MetadataValue) => boolean {
    const isObject = typeof range === 'object' && range !== null;
    const given = isObject ? Object.entries(range).filter(([, bound]) => bound !== undefined) : [];
    const type = typeof given[0]?.[1];
    const fits =
      given.length > 0 &&
      (type === 'number' || type === 'string') &&
      given.every(
        ([name, bound]) =>
          (BOUNDS as readonly string[]).includes(name) && typeof bound === type && isMetadataValue(bound),
      );
    if (!fits)
      throw this.#refused('range does not fit', shown(range), `${BOUNDS.join(', ')}, all numbers or all strings`);
    const { gte, gt, lte, lt } = range;
    return (value) =>
      typeof value === type &&
      (gte === undefined || value >= gte) &&
      (gt === undefined || value > gt) &&
      (lte === undefined || value <= lte) &&
      (lt === undefined || value < lt);
  }

  #form(filter: unknown): ArgumentError {
    const expected = `{ key, ${FORMS.join(' | ')} } or { and | or | not }`;
    return this.#refused('a filter of no known form', shown(filter), expected);
  }

  #refused(what: string, got: string, expected: string): ArgumentError {
    return new ArgumentError(`${this.#op}: ${what}. Got ${got}; expected ${expected}. Nothing was searched.`, {
      op: this.#op,
    });
  }
}

/** A value on one short line. */
function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.keys(value).slice(0, 5).join(', ').slice(0, 60)} }`;
  return typeof value === 'string' ? `'${value.slice(0, 40)}'` : String(value);
}
