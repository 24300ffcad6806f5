import { TokenizerError } from '../errors.ts';
import { byteIds } from './byte-tokens.ts';
import { mergeAll } from './merge.ts';
import type { Symbols } from './merge.ts';
import type { Model, WordTokens } from './model.ts';
import { PairTable } from './pair-table.ts';

/** What a {@link BPE} consists of. */
export interface BPEOptions {
  readonly vocab: ReadonlyMap<string, number>;
  /** Pairs in the order they are merged. */
  readonly merges: readonly (readonly [string, string])[];
  /** Stands for characters that are not in the vocabulary. Default: they are left out. */
  readonly unkToken?: string | undefined;
  /** Before every symbol of a word but the first. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** After the last symbol of a word. */
  readonly endOfWordSuffix?: string | undefined;
  /** Neighbouring unknown characters become one token. Default false. */
  readonly fuseUnk?: boolean | undefined;
  /** Unknown characters become tokens of their bytes, where the vocabulary has them. Default false. */
  readonly byteFallback?: boolean | undefined;
  /** A word that is a token is taken whole. Default false. */
  readonly ignoreMerges?: boolean | undefined;
}

/**
 * Byte-pair encoding: a word begins as characters, and the pair that was learned first is merged until none is left.
 * @see Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword Units, https://arxiv.org/abs/1508.07909
 */
export class BPE implements Model {
  readonly type = 'BPE';
  readonly vocab: ReadonlyMap<string, number>;
  readonly options: BPEOptions;
  readonly #pairs: PairTable;
  readonly #unk: number | undefined;

  constructor(options: BPEOptions) {
    this.options = options;
    this.vocab = options.vocab;
    this.#pairs = pairsOf(options);
    this.#unk = options.unkToken === undefined ? undefined : options.vocab.get(options.unkToken);
    if (options.unkToken !== undefined && this.#unk === undefined) throw missing(options.unkToken, 'the unknown token');
  }

  tokenize(word: string): WordTokens {
    const whole = this.options.ignoreMerges === true ? this.vocab.get(word) : undefined;
    if (whole !== undefined) return { ids: [whole], starts: [0], ends: [word.length] };
    const symbols = this.#symbolsOf(word);
    mergeAll(symbols, this.#pairs);
    return symbols;
  }

  #symbolsOf(word: string): Symbols {
    const { continuingSubwordPrefix: prefix = '', endOfWordSuffix: suffix = '', fuseUnk } = this.options;
    const symbols: Symbols = { ids: [], starts: [], ends: [] };
    let afterUnk = false;
    let start = 0;
    for (const character of word) {
      const end = start + character.length;
      const text = `${start > 0 ? prefix : ''}${character}${end === word.length ? suffix : ''}`;
      const id = this.vocab.get(text);
      const ids = id === undefined ? this.#fallback(text) : [id];
      const isUnk = ids === undefined;
      if (isUnk && afterUnk && fuseUnk === true) symbols.ends[symbols.ends.length - 1] = end;
      else for (const one of ids ?? (this.#unk === undefined ? [] : [this.#unk])) add(symbols, one, start, end);
      afterUnk = isUnk;
      start = end;
    }
    return symbols;
  }

  #fallback(text: string): number[] | undefined {
    return this.options.byteFallback === true ? byteIds(text, this.vocab) : undefined;
  }
}

function add(symbols: Symbols, id: number, start: number, end: number): void {
  symbols.ids.push(id);
  symbols.starts.push(start);
  symbols.ends.push(end);
}

function pairsOf({ vocab, merges, continuingSubwordPrefix: prefix = '' }: BPEOptions): PairTable {
  const table = new PairTable(merges.length);
  for (const [rank, [left, right]] of merges.entries()) {
    const merged = left + right.slice(right.startsWith(prefix) ? prefix.length : 0);
    const ids = [left, right, merged].map((token) => vocab.get(token));
    const absent = [left, right, merged].find((_, index) => ids[index] === undefined);
    if (absent !== undefined) throw missing(absent, `merge ${rank}`);
    table.set(ids[0]!, ids[1]!, rank, ids[2]!);
  }
  return table;
}

function missing(token: string, what: string): TokenizerError {
  return new TokenizerError(
    'TOKENIZER',
    `fromJSON: ${what} is not in the vocabulary. Got ${JSON.stringify(token)}; expected one of its tokens. The file does not fit ` +
      'together: take vocabulary and merges of one tokenizer.',
    { op: 'fromJSON', details: { token } },
  );
}
