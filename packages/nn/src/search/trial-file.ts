import { ArgumentError, DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { Storage } from '@gai/core/backend';
import type { FinishedTrial, TrialState } from './trial.ts';

/** The trials of a search in a file, one line of JSON each, behind a line that says what is searched. */
export class TrialFile {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #head: string;
  #lines: string[] = [];

  constructor(storage: Storage, path: string, asked: object) {
    this.#storage = storage;
    this.#path = path;
    this.#head = jsonOf({ format: 'gai-search', version: 1, ...asked });
  }

  /**
   * The trials that are over; a line that a crash has torn is left out.
   * @param paramsOf - What the trials of this search are run with: a file with other values is of another search.
   */
  async read<P>(paramsOf: (number: number) => P): Promise<FinishedTrial<P>[]> {
    if ((await this.#storage.size(this.#path)) === undefined) return [];
    const text = new TextDecoder().decode(await this.#storage.read(this.#path));
    const [head = '', ...lines] = text.split('\n').slice(0, -1);
    if (head !== this.#head) throw this.#other(head);
    const trials = lines.map((line, number) => this.#parse(line, number, paramsOf(number)));
    this.#lines = lines;
    return trials;
  }

  /** Adds a trial. The file is small: it is written whole, so that a reader finds all of a line or nothing. */
  async add(trial: FinishedTrial): Promise<void> {
    const lines = [...this.#lines, jsonOf(trial)];
    const text = `${[this.#head, ...lines].join('\n')}\n`;
    await this.#storage.writeAtomic(this.#path, [new TextEncoder().encode(text)]);
    this.#lines = lines;
  }

  #parse<P>(line: string, number: number, params: P): FinishedTrial<P> {
    let found: unknown;
    try {
      found = JSON.parse(line);
    } catch (cause) {
      throw this.#other(line, cause);
    }
    const { state, value, reported, seconds, ...others } = (found ?? {}) as Readonly<Record<string, unknown>>;
    const isHere = others['number'] === number && jsonOf(others['params']) === jsonOf(params);
    const isValue =
      state === 'failed' ? value === null : isNumber(value) && (state === 'pruned' || Number.isFinite(value));
    if (!isHere || !isState(state) || !isValue || !Array.isArray(reported) || typeof seconds !== 'number')
      throw this.#other(line);
    if (!reported.every(isReport)) throw this.#other(line);
    // Values are drawn again and not taken from the file: a choice may be what JSON does not hold.
    return {
      number,
      params,
      state,
      value: value === null ? null : Number(value),
      reported: reported.map(([step, one]) => [step, Number(one)] as const),
      seconds,
    };
  }

  #other(line: string, cause?: unknown): DataError {
    return new DataError(
      `search: '${this.#path}' holds another search. Got ${quoted(line, 200)}; expected ${quoted(this.#head, 200)}. Ask for the same ` +
        `space, sampler, seed and direction, or name another file.`,
      { op: 'search', details: { path: this.#path }, cause },
    );
  }
}

const isState = (value: unknown): value is TrialState =>
  value === 'complete' || value === 'pruned' || value === 'failed';

/** A number as {@link jsonOf} writes it. */
const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity';

const isReport = (value: unknown): value is readonly [number, number | string] =>
  Array.isArray(value) && value.length === 2 && Number.isSafeInteger(value[0]) && isNumber(value[1]);

/**
 * A value on a line, so that two that differ have different lines: what JSON does not hold is written as text.
 * @throws {@link ArgumentError} for a circle, which no file holds.
 */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => (isText(part) ? String(part) : part));
  } catch (cause) {
    throw new ArgumentError(
      'search: a choice cannot be written to the file. Got one that leads back to itself, or is too deep; expected numbers, texts, or ' +
        'lists and records of them. Search over names of what is chosen, or leave file out.',
      { op: 'search', cause },
    );
  }
}

const isText = (value: unknown): boolean =>
  (typeof value === 'number' && !Number.isFinite(value)) || ['function', 'bigint', 'symbol'].includes(typeof value);
