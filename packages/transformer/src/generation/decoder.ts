import { ArgumentError, data, dispose, getDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { KeyValueCache, KeysValues } from '@gai/nn';
import type { StepOutput, StepProgram } from './step-program.ts';

/** What the model says of the next token of each row. */
export interface NextTokens {
  /** The best one. */
  readonly best: Int32Array;
  /** The scores of all; only where they were asked for. */
  readonly scores: readonly Float32Array[] | undefined;
}

/** How a piece is computed. */
interface DecoderOptions {
  /** That of the program which the cache is of. */
  readonly version: number;
  /** Whether the scores are wanted, or the best token alone. */
  readonly wantsScores: boolean;
  /** Most tokens of a row in one run. */
  readonly chunkSize: number;
  readonly signal: AbortSignal | undefined;
}

/** Runs the compiled step over new tokens of every row, and keeps the cache. */
export class Decoder {
  readonly #program: StepProgram;
  readonly #options: DecoderOptions;
  readonly cache: KeyValueCache;
  /** The row of the batch that each row of the cache is of. */
  #rows: readonly number[];

  constructor(program: StepProgram, cache: KeyValueCache, options: DecoderOptions) {
    this.#program = program;
    this.cache = cache;
    this.#options = options;
    this.#rows = Array.from({ length: cache.batch }, (_, row) => row);
  }

  /** Reads the encoder's texts, to which every step attends. */
  async encode(texts: readonly (readonly number[])[]): Promise<void> {
    const time = Math.max(...texts.map(({ length }) => length));
    const mask = texts.map(({ length }) => Array.from({ length: time }, (_, at) => (at < length ? 1 : 0)));
    const { cross } = await this.#program.encode(idsOf(texts, time), idsOf(mask, time));
    const layers = cross.map(({ key, value }): KeysValues => ({ key, value }));
    this.cache.setCross(
      layers,
      texts.map(({ length }) => length),
    );
  }

  /**
   * Gives up rows that have ended: they are computed no more. Half of them at once, so that what is copied is little.
   * @param goesOn - Whether a row of the batch is still to be fed.
   */
  async leave(goesOn: (row: number) => boolean): Promise<void> {
    const places = this.#rows.flatMap((row, place) => (goesOn(row) ? [place] : []));
    if (places.length === 0 || places.length > this.#rows.length / 2) return;
    await this.cache.gather(places);
    this.#rows = places.map((place) => this.#rows[place]!);
  }

  /** Makes row i of the batch what row `rows[i]` was: several answers to a prompt, beams that go on. */
  async become(rows: readonly number[]): Promise<void> {
    await this.cache.gather(rows.map((row) => this.#rows.indexOf(row)));
    this.#rows = rows.map((_, row) => row);
  }

  /**
   * Goes on with new tokens of each row of the batch, in pieces. A row without new tokens stays as it is, and what is said of it means
   * nothing.
   * @returns What follows on the last token of each row.
   */
  async feed(tokens: readonly (readonly number[])[]): Promise<NextTokens> {
    const { chunkSize, signal, wantsScores } = this.#options;
    const longest = Math.max(...tokens.map(({ length }) => length));
    const best = new Int32Array(tokens.length);
    const scores: Float32Array[] = tokens.map(() => new Float32Array(0));
    for (let start = 0; start < longest; start += chunkSize) {
      signal?.throwIfAborted();
      const pieces = this.#rows.map((row) => tokens[row]!.slice(start, start + chunkSize));
      const output = await this.#run(pieces);
      const ending = pieces.flatMap(({ length }, place) =>
        length > 0 && start + length === tokens[this.#rows[place]!]!.length ? [place] : [],
      );
      const found = await this.#read(output, ending.length > 0 && wantsScores);
      for (const place of ending) {
        const row = this.#rows[place]!;
        best[row] = found.best[place]!;
        scores[row] = found.scores?.[place] ?? scores[row]!;
      }
    }
    return { best, scores: wantsScores ? scores : undefined };
  }

  /** The tokens of a row that the cache does not hold yet. */
  rest({ ids, index }: { readonly ids: readonly number[]; readonly index: number }): readonly number[] {
    return ids.slice(this.cache.lengths[this.#rows.indexOf(index)]);
  }

  async #run(pieces: readonly (readonly number[])[]): Promise<StepOutput> {
    const counts = pieces.map(({ length }) => length);
    const output = await this.#program.step(
      idsOf(pieces, Math.max(...counts)),
      tensor(Int32Array.from(counts)),
      this.cache.view(),
    );
    this.#program.checkVersion(this.#options.version);
    await this.cache.append(output.rows, counts);
    if (getDefaultBackend().inHostMemory !== true) dispose(output.rows);
    return output;
  }

  /** What a step says, in JavaScript's memory; nothing of it stays on a device. */
  async #read({ best, total, scores }: StepOutput, wantsScores: boolean): Promise<NextTokens> {
    const totals = Array.from(await data(total), Number);
    // A sum of finite scores can be too large for its type: whether one of them is infinite is to be seen from themselves.
    const isVast = totals.includes(Infinity);
    const all = wantsScores || isVast ? ((await data(scores)) as Float32Array) : undefined;
    const found = Int32Array.from(await data(best), Number);
    const vocabulary = scores.shape[1] as number;
    const rows =
      wantsScores && all && Array.from(found, (_, row) => all.slice(row * vocabulary, (row + 1) * vocabulary));
    if (getDefaultBackend().inHostMemory !== true) dispose({ best, total, scores });
    if (totals.some(Number.isNaN)) throw noNumbers(NaN);
    if (isVast && all!.includes(Infinity)) throw noNumbers(Infinity);
    return { best: found, scores: rows || undefined };
  }
}

/** Rows of unequal length as one tensor, filled up with zeros. */
function idsOf(rows: readonly (readonly number[])[], time: number): Tensor {
  const ids = new Int32Array(rows.length * time);
  for (const [row, tokens] of rows.entries()) ids.set(tokens, row * time);
  return tensor(ids, { shape: [rows.length, time] });
}

const noNumbers = (got: number): ArgumentError =>
  new ArgumentError(
    `generate: the model's scores are no numbers. Got ${got}; expected finite numbers for every token. Look at its weights: training may have ` +
      `diverged.`,
    { op: 'generate' },
  );
