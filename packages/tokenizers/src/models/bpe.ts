import { TokenizerError } from '../errors.ts';
import { byteNames } from '../text/byte-characters.ts';
import { addByteSymbols, byteTable } from './byte-symbols.ts';
import { byteIds } from './byte-tokens.ts';
import { Merger } from './merge.ts';
import type { Model, TokenList } from './model.ts';
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
  /** Ids that are never found in a text: SentencePiece's control tokens. Default none. */
  readonly unmatched?: ReadonlySet<number> | undefined;
}

/**
 * Byte-pair encoding: a word begins as characters, and the pair that was learned first is merged until none is left.
 * @see Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword Units, https://arxiv.org/abs/1508.07909
 */
export class BPE implements Model {
  readonly type = 'BPE';
  readonly vocab: ReadonlyMap<string, number>;
  readonly options: BPEOptions;
  readonly #merger: Merger;
  /** The ids of GPT-2's names of the bytes, if words can begin as these. */
  readonly #bytes: Int32Array | undefined;
  /** What stands for an unknown character: one id, or none. */
  readonly #unk: readonly number[];

  constructor(options: BPEOptions) {
    this.options = options;
    this.vocab = options.vocab;
    this.#merger = new Merger(pairsOf(options));
    const unk = options.unkToken === undefined ? undefined : options.vocab.get(options.unkToken);
    if (options.unkToken !== undefined && unk === undefined) throw missing(options.unkToken, 'the unknown token');
    const isPlain = (options.continuingSubwordPrefix ?? '') === '' && (options.endOfWordSuffix ?? '') === '';
    this.#bytes = isPlain ? byteTable(options.vocab) : undefined;
    this.#unk = unk === undefined ? [] : [unk];
  }

  tokenize(word: string, tokens: TokenList): void {
    const whole = this.#whole(word);
    if (whole !== undefined) return tokens.add(whole, 0, word.length);
    const before = tokens.length;
    this.#addSymbols(word, tokens);
    this.#merger.merge(tokens, before);
  }

  tokenizeBytes(word: string, tokens: TokenList): boolean {
    if (this.#bytes === undefined) return false;
    const whole = this.options.ignoreMerges === true ? this.#whole(byteNames(word)) : undefined;
    const before = tokens.length;
    if (whole !== undefined) tokens.add(whole, 0, word.length);
    else if (addByteSymbols(word, this.#bytes, tokens)) this.#merger.merge(tokens, before);
    else {
      tokens.truncate(before);
      return false;
    }
    return true;
  }

  /** The id of a word that is a token, where such words are not taken apart. */
  #whole(word: string): number | undefined {
    const { ignoreMerges, unmatched } = this.options;
    const id = ignoreMerges === true ? this.vocab.get(word) : undefined;
    return id === undefined || unmatched?.has(id) === true ? undefined : id;
  }

  #addSymbols(word: string, tokens: TokenList): void {
    const { continuingSubwordPrefix: prefix = '', endOfWordSuffix: suffix = '', fuseUnk, unmatched } = this.options;
    const unk = this.#unk;
    let afterUnk = false;
    let start = 0;
    for (const character of word) {
      const end = start + character.length;
      const text = `${start > 0 ? prefix : ''}${character}${end === word.length ? suffix : ''}`;
      const known = this.vocab.get(text);
      const id = known !== undefined && unmatched?.has(known) === true ? undefined : known;
      const ids = id === undefined ? this.#fallback(text) : undefined;
      const isUnk = id === undefined && ids === undefined;
      if (id !== undefined) tokens.add(id, start, end);
      else if (isUnk && afterUnk && fuseUnk === true) tokens.ends.values[tokens.length - 1] = end;
      else for (const one of ids ?? unk) tokens.add(one, start, end);
      afterUnk = isUnk;
      start = end;
    }
  }

  #fallback(text: string): number[] | undefined {
    return this.options.byteFallback === true ? byteIds(text, this.vocab) : undefined;
  }
}

function pairsOf({ vocab, merges, continuingSubwordPrefix: prefix = '' }: BPEOptions): PairTable {
  const table = new PairTable(merges.length);
  for (const [index, [left, right]] of merges.entries()) {
    const merged = left + right.slice(right.startsWith(prefix) ? prefix.length : 0);
    const ids = [left, right, merged].map((token) => vocab.get(token));
    const absent = [left, right, merged].find((_, index) => ids[index] === undefined);
    if (absent !== undefined) throw missing(absent, `merge ${index}`);
    table.set(ids[0]!, ids[1]!, index, ids[2]!);
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
