import { checkOptionNames } from '../check-option-names.ts';
import type { Json } from '../read/fields.ts';
import { characterOf } from '../text/byte-characters.ts';
import { Tokenizer } from '../tokenizer.ts';
import { mergesOf } from './merges.ts';
import { readPattern } from './read-pattern.ts';
import { refuse } from './refuse.ts';

/** What a file of ranks does not say. */
export interface TiktokenOptions {
  /** How texts are cut into words: `cl100k_base`, `o200k_base`, `r50k_base`, `llama3`, `qwen2` …, or a regular expression. */
  readonly pattern: string;
  /** Tokens that are looked for in the text itself, with their ids. Default none. */
  readonly specialTokens?: Readonly<Record<string, number>> | undefined;
}

/**
 * Reads a file of ranks as tiktoken has it: per line a token in base64 and its rank.
 *
 * Special tokens are found in a text; tiktoken does so only where `allowed_special` says it, which is
 * `splitSpecialTokens: true` the other way round.
 * @throws {@link TokenizerError} naming the line that is malformed, or a `pattern` that is a name nobody knows.
 * @example
 * const ranks = [...'ab '].map((letter, rank) => `${btoa(letter)} ${rank}`).join('\n') + `\n${btoa('ab')} 3`;
 * tokenizerFromTiktoken(ranks, { pattern: 'cl100k_base' }).encode('ab b').ids; // => [3, 2, 1]
 * @category Tokenizers
 */
export function tokenizerFromTiktoken(ranks: string, options: TiktokenOptions): Tokenizer {
  checkOptionNames('tokenizerFromTiktoken', options ?? {}, ['pattern', 'specialTokens']);
  const { pattern, specialTokens = {} } = options ?? {}; // without types it may be left out
  const tokens = readRanks(ranks);
  const vocab = new Map(tokens);
  const cut = readPattern('tokenizerFromTiktoken', pattern);
  return Tokenizer.fromJSON({
    version: '1.0',
    added_tokens: Object.entries(specialTokens).map(([content, id]) => ({
      content,
      id,
      special: true,
      normalized: false,
    })),
    pre_tokenizer: cut,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: bytePairs(tokens, vocab),
  });
}

function bytePairs(tokens: readonly (readonly [string, number])[], vocab: ReadonlyMap<string, number>): Json {
  const byRank = tokens.toSorted(([, a], [, b]) => a - b).map(([token]) => token);
  const merges = mergesOf(byRank, vocab);
  return {
    type: 'BPE',
    vocab: Object.fromEntries(vocab),
    merges,
    ignore_merges: true,
  };
}

function readRanks(text: string): [string, number][] {
  const tokens: [string, number][] = [];
  const seen = new Set<number>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [token, rank, ...rest] = line.trim().split(' ');
    const id = Number(rank);
    if (rest.length > 0 || !rank || !/^\d{1,9}$/.test(rank) || seen.has(id)) throw badLine(index, line);
    seen.add(id);
    tokens.push([namesOf(token!, () => badLine(index, line)), id]);
  }
  if (tokens.length === 0) throw refuse('the file of ranks is empty', 'no line', 'a token and its rank per line');
  return tokens;
}

/** Bytes in base64, as GPT-2 names them. */
function namesOf(base64: string, problem: () => Error): string {
  try {
    return Array.from(atob(base64), (byte) => characterOf(byte.charCodeAt(0))).join('');
  } catch {
    throw problem();
  }
}

const badLine = (index: number, line: string): Error =>
  refuse(
    `line ${index + 1} of the ranks is malformed`,
    JSON.stringify(line.slice(0, 80)),
    'base64, a space, and a rank of its own',
  );
