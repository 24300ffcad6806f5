import { checkOptionNames } from '../check-option-names.ts';
import { Tokenizer } from '../tokenizer.ts';
import { fieldsOf } from './protobuf.ts';
import { refuse } from './refuse.ts';
import { pieceTokenizer } from './pieces.ts';
import type { Piece, PieceModel } from './pieces.ts';

/** What is added around a text, as the tokenizer of a model family adds it. */
export interface SentencePieceOptions {
  /** Puts the token that begins a text before it. Default false. */
  readonly addBos?: boolean | undefined;
  /** Puts the token that ends a text after it. Default false. */
  readonly addEos?: boolean | undefined;
  /** Tokens that are looked for in the text itself, with ids after those of the file: T5's `<extra_id_0>` and such. */
  readonly extraTokens?: readonly string[] | undefined;
  /** The type id of the second text of a pair: T5 has 0. Default 1. */
  readonly pairTypeId?: 0 | 1 | undefined;
}

const OPTIONS = ['addBos', 'addEos', 'extraTokens', 'pairTypeId'];

/**
 * Reads a model of SentencePiece (`spiece.model`, `tokenizer.model`): Unigram or BPE, with its table of characters, its
 * rules for white space, and bytes for what is unknown. Ids are those of SentencePiece itself, except where two ways to cut
 * a word are exactly as likely (`0`, `00` and `00`, `0`): there it lets the rounding of 32-bit sums over the whole text decide.
 *
 * Control tokens such as `</s>` are found in a text, as Hugging Face's tokenizers find them; `splitSpecialTokens: true`
 * treats them as text, as SentencePiece does.
 * @throws {@link TokenizerError} if the file cannot be read or asks for what is not supported.
 * @example
 * const piece = (text: string, type: number) => {
 *   const bytes = new TextEncoder().encode(text);
 *   return [10, bytes.length + 4, 10, bytes.length, ...bytes, 24, type];
 * };
 * const file = Uint8Array.from([piece('<unk>', 2), piece('▁ab', 1), piece('</s>', 3)].flat());
 * tokenizerFromSentencePiece(file, { addEos: true }).encode('ab ab').tokens; // => ['▁ab', '▁ab', '</s>']
 * @category Tokenizers
 */
export function tokenizerFromSentencePiece(bytes: Uint8Array, options: SentencePieceOptions = {}): Tokenizer {
  checkOptionNames('tokenizerFromSentencePiece', options, OPTIONS);
  return Tokenizer.fromJSON(pieceTokenizer(readModel(bytes), options));
}

/** Numbers of the fields in `sentencepiece_model.proto`. */
const MODEL = { pieces: 1, trainer: 2, normalizer: 3 };
const PIECE = { text: 1, score: 2, type: 3 };
const TRAINER = { modelType: 3, suffix: 24, byteFallback: 35, unk: 40, bos: 41, eos: 42 };
const NORMALIZER = { table: 2, dummyPrefix: 3, removeExtra: 4, escape: 5 };

function readModel(bytes: Uint8Array): PieceModel {
  const pieces: Piece[] = [];
  let trainer: ReadonlyMap<number, number | Uint8Array> = new Map();
  let normalizer: ReadonlyMap<number, number | Uint8Array> = new Map();
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'number') continue;
    if (number === MODEL.pieces) pieces.push(readPiece(value));
    else if (number === MODEL.trainer) trainer = lastOf(value);
    else if (number === MODEL.normalizer) normalizer = lastOf(value);
  }
  if (pieces.length === 0) throw refuse('the file has no tokens', `${bytes.length} bytes`, 'a model of SentencePiece');
  const number = (fields: typeof trainer, field: number, missing: number): number => {
    const value = fields.get(field);
    return typeof value === 'number' ? value : missing;
  };
  const kind = number(trainer, TRAINER.modelType, 1);
  if (kind !== 1 && kind !== 2) throw refuse('the kind of model is not supported', `${kind}`, '1 (Unigram) or 2 (BPE)');
  if (number(trainer, TRAINER.suffix, 0) !== 0 || number(normalizer, NORMALIZER.escape, 1) === 0) {
    throw refuse('white space is not written as is usual', 'it as a suffix, or not escaped', '▁ before words');
  }
  const table = normalizer.get(NORMALIZER.table);
  return {
    kind: kind === 1 ? 'Unigram' : 'BPE',
    pieces,
    byteFallback: number(trainer, TRAINER.byteFallback, 0) !== 0,
    bos: number(trainer, TRAINER.bos, 1),
    eos: number(trainer, TRAINER.eos, 2),
    table: table instanceof Uint8Array && table.length > 0 ? table : undefined,
    dummyPrefix: number(normalizer, NORMALIZER.dummyPrefix, 1) !== 0,
    removeExtra: number(normalizer, NORMALIZER.removeExtra, 1) !== 0,
  };
}

const lastOf = (bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> =>
  new Map(Array.from(fieldsOf(bytes), ({ number, value }) => [number, value] as const));

const decoder = /* @__PURE__ */ new TextDecoder();
const TYPES: readonly Piece['type'][] = ['normal', 'normal', 'unknown', 'control', 'userDefined', 'unused', 'byte'];

function readPiece(bytes: Uint8Array): Piece {
  let [text, score, type] = ['', 0, 1];
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === PIECE.text && typeof value !== 'number') text = decoder.decode(value);
    if (number === PIECE.score && typeof value === 'number') score = value;
    if (number === PIECE.type && typeof value === 'number') type = value;
  }
  const name = TYPES[type];
  if (name === undefined || type === 0) throw refuse('a token is of an unknown type', `${type}`, '1 to 6');
  if (!Number.isFinite(score)) throw refuse('a score is no number', `${score}`, 'a number');
  return { text, score, type: name };
}
