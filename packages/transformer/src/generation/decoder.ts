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

  constructor(program: StepProgram, cache: KeyValueCache, options: DecoderOptions) {
    this.#program = program;
    this.cache = cache;
    this.#options = options;
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
   * Goes on with new tokens, in pieces. A row without new tokens stays as it is, and what is said of it means nothing.
   * @returns What follows on the last token of each row.
   */
  async feed(tokens: readonly (readonly number[])[]): Promise<NextTokens> {
    const { chunkSize, signal, wantsScores } = this.#options;
    const longest = Math.max(...tokens.map(({ length }) => length));
    const best = new Int32Array(tokens.length);
    const scores: Float32Array[] = tokens.map(() => new Float32Array(0));
    for (let start = 0; start < longest; start += chunkSize) {
      signal?.throwIfAborted();
      const pieces = tokens.map((row) => row.slice(start, start + chunkSize));
      const output = await this.#run(pieces);
      const ending = pieces.flatMap(({ length }, row) =>
        length > 0 && start + length === tokens[row]!.length ? [row] : [],
      );
      const found = await this.#read(output, ending.length > 0 && wantsScores);
      for (const row of ending) {
        best[row] = found.best[row]!;
        scores[row] = found.scores?.[row] ?? scores[row]!;
      }
    }
    return { best, scores: wantsScores ? scores : undefined };
  }

  /** The tokens of a row that the cache does not hold yet. */
  rest({ ids, index }: { readonly ids: readonly number[]; readonly index: number }): readonly number[] {
    return ids.slice(this.cache.lengths[index]);
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
