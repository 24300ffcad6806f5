import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import type { FinishedTrial } from './trial.ts';

/** The trials of a search in a file, one line of JSON each, behind a line that says what is searched. */
export class TrialFile {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #head: string;
  #lines: string[] = [];

  constructor(storage: Storage, path: string, asked: object) {
    this.#storage = storage;
    this.#path = path;
    this.#head = JSON.stringify({ format: 'gai-search', version: 1, ...asked });
  }

  /** The trials that are over; a line that a crash has torn is left out. */
  async read(): Promise<FinishedTrial[]> {
    if ((await this.#storage.size(this.#path)) === undefined) return [];
    const text = new TextDecoder().decode(await this.#storage.read(this.#path));
    const [head = '', ...lines] = text.split('\n').slice(0, -1);
    if (head !== this.#head) throw this.#other(head);
    const trials = lines.map((line) => this.#parse(line));
    this.#lines = lines;
    return trials;
  }

  /** Adds a trial. The file is small: it is written whole, so that a reader finds all of a line or nothing. */
  async add(trial: FinishedTrial): Promise<void> {
    this.#lines.push(JSON.stringify(trial, (_, value: unknown) => (typeof value === 'number' ? inJson(value) : value)));
    const text = `${[this.#head, ...this.#lines].join('\n')}\n`;
    await this.#storage.writeAtomic(this.#path, [new TextEncoder().encode(text)]);
  }

  #parse(line: string): FinishedTrial {
    try {
      const trial = JSON.parse(line) as FinishedTrial;
      const reported = trial.reported.map(([step, value]): [number, number] => [step, Number(value)]);
      if (Number.isSafeInteger(trial.number) && typeof trial.state === 'string') {
        return { ...trial, value: trial.value === null ? null : Number(trial.value), reported };
      }
    } catch (cause) {
      throw this.#other(line, cause);
    }
    throw this.#other(line);
  }

  #other(line: string, cause?: unknown): DataError {
    return new DataError(
      `search: '${this.#path}' holds another search. Got ${line.slice(0, 200)}; expected ${this.#head.slice(0, 200)}. Ask for the same ` +
        `space, sampler, seed and direction, or name another file.`,
      { op: 'search', details: { path: this.#path }, cause },
    );
  }
}

/** NaN and infinities as text, of which `Number` makes them again. */
const inJson = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
