import type { Json } from '../read/fields.ts';
import { PIECES } from '../text/known-patterns.ts';
import { mergesOf } from './merges.ts';
import { refuse } from './refuse.ts';
import { templateOf } from './template.ts';

/** A token of SentencePiece. */
export interface Piece {
  readonly text: string;
  readonly score: number;
  /** Only `normal`, `userDefined` and `unused` tokens are found in a text. */
  readonly type: 'normal' | 'unknown' | 'control' | 'userDefined' | 'unused' | 'byte';
}

/** What SentencePiece's files, and the GGUF files made of them, say. */
export interface PieceModel {
  readonly kind: 'Unigram' | 'BPE';
  readonly pieces: readonly Piece[];
  readonly byteFallback: boolean;
  /** Ids of the tokens that begin and end a text; out of range: there is none. */
  readonly bos: number;
  readonly eos: number;
  /** The table of characters. */
  readonly table: Uint8Array | undefined;
  /** Puts a space before a text. */
  readonly dummyPrefix: boolean;
  /** Takes spaces at the ends away, and makes one of several. */
  readonly removeExtra: boolean;
}

/** The `tokenizer.json` of a model of SentencePiece. */
export function pieceTokenizer(
  model: PieceModel,
  { addBos = false, addEos = false, extraTokens = [], pairTypeId }: PieceOptions,
): Json {
  const { pieces } = model;
  const isAdded = ({ type }: Piece): boolean => type === 'control' || type === 'unknown' || type === 'userDefined';
  const added = [
    ...pieces.flatMap((piece, id) =>
      isAdded(piece) ? [{ ...entry(piece.text, id), special: piece.type !== 'userDefined' }] : [],
    ),
    ...extraTokens.map((token, index) => ({ ...entry(token, pieces.length + index), special: true })),
  ];
  return {
    version: '1.0',
    added_tokens: added.filter(({ content }) => content !== ''),
    normalizer: normalizerOf(model),
    pre_tokenizer: preTokenizerOf(model),
    post_processor: templateOf({
      bos: addBos ? tokenAt(pieces, model.bos, 'begins') : undefined,
      eos: addEos ? tokenAt(pieces, model.eos, 'ends') : undefined,
      pairTypeId,
    }),
    decoder: decoderOf(model),
    model: model.kind === 'Unigram' ? unigramOf(model) : bpeOf(model),
  };
}

/** What is added around a text, and after the tokens of the file. */
export interface PieceOptions {
  readonly addBos?: boolean | undefined;
  readonly addEos?: boolean | undefined;
  readonly extraTokens?: readonly string[] | undefined;
  readonly pairTypeId?: 0 | 1 | undefined;
}

const entry = (content: string, id: number): { content: string; id: number; normalized: boolean } => ({
  content,
  id,
  normalized: false,
});

function tokenAt(pieces: readonly Piece[], id: number, does: string): { token: string; id: number } {
  const piece = pieces[id];
  if (piece === undefined) throw refuse(`there is no token that ${does} a text`, `id ${id}`, `below ${pieces.length}`);
  return { token: piece.text, id };
}

/** Tokens that are never found in a text, only chosen by their id. */
const unmatched = (pieces: readonly Piece[]): number[] =>
  pieces.flatMap(({ type }, id) => (type === 'control' || type === 'unknown' || type === 'byte' ? [id] : []));

function unigramOf({ pieces, byteFallback }: PieceModel): Json {
  const unk = pieces.findIndex(({ type }) => type === 'unknown');
  return {
    type: 'Unigram',
    unk_id: unk < 0 ? null : unk,
    vocab: pieces.map(({ text, score }) => [text, score]),
    byte_fallback: byteFallback,
    unmatched: [...unmatched(pieces), ...pieces.flatMap(({ type }, id) => (type === 'unused' ? [id] : []))],
  };
}

function bpeOf({ pieces, byteFallback }: PieceModel): Json {
  const vocab = new Map<string, number>();
  for (const [id, { text }] of pieces.entries()) if (!vocab.has(text)) vocab.set(text, id);
  const found = pieces.filter(({ type }) => type === 'normal' || type === 'unused' || type === 'userDefined');
  const byScore = found.toSorted((a, b) => b.score - a.score).map(({ text }) => text);
  const unk = pieces.find(({ type }) => type === 'unknown');
  // Merges make none of the others.
  const single = unmatched(pieces).filter((id) => [...pieces[id]!.text].length === 1);
  const merges = mergesOf(byScore, new Map(found.map(({ text }, index) => [text, index])));
  return {
    type: 'BPE',
    unk_token: unk?.text ?? null,
    fuse_unk: true,
    byte_fallback: byteFallback,
    vocab: Object.fromEntries(vocab),
    merges,
    ...(single.length > 0 && { unmatched: single }),
  };
}

/** The rules for characters and spaces, step by step. */
function normalizerOf({ table, removeExtra, dummyPrefix }: PieceModel): Json {
  const replace = (pattern: Json, content: string): Json => ({ type: 'Replace', pattern, content });
  return {
    type: 'Sequence',
    normalizers: [
      ...(table === undefined
        ? []
        : [{ type: 'Precompiled', precompiled_charsmap: toBase64(table), longest_match: true }]),
      ...(removeExtra
        ? [
            replace({ Regex: String.raw`\A +` }, ''),
            replace({ Regex: String.raw`[ ▁]+\z` }, ''),
            replace({ Regex: ' {2,}' }, ' '),
          ]
        : []),
      ...(dummyPrefix ? [{ type: 'Prepend', prepend: '▁' }] : []),
      replace({ String: ' ' }, '▁'),
    ],
  };
}

/** Cuts before spaces, where no token goes across: then words can be looked up. */
function preTokenizerOf({ kind, pieces }: PieceModel): Json | null {
  const isUsed = ({ type }: Piece): boolean => type === 'normal' || type === 'unused';
  if (pieces.some((piece) => isUsed(piece) && /[^▁]▁/.test(piece.text))) return null;
  // Unknown characters of several words would be one token, if a space could be unknown too.
  if (kind === 'Unigram' && !pieces.some((piece) => isUsed(piece) && piece.text === '▁')) return null;
  return { type: 'Split', pattern: { Regex: PIECES }, behavior: 'Isolated', invert: false };
}

const decoderOf = ({ dummyPrefix }: PieceModel): Json => ({
  type: 'Sequence',
  decoders: [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    ...(dummyPrefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
  ],
});

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
