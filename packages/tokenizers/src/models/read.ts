import { malformed, readCount, readFlag, readList, readObject, readOptionalText, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import { BPE } from './bpe.ts';
import type { Model } from './model.ts';
import { Unigram } from './unigram.ts';
import { WordLevel } from './word-level.ts';
import { WordPiece } from './word-piece.ts';

/** The model of a tokenizer file. Files of old versions do not name its type. */
export function readModel(value: unknown): Model {
  const json = readObject(value, 'model');
  const type = readText(json['type'], 'model.type', guess(json));
  const READERS: Readonly<Record<string, (fields: Json) => Model>> = {
    BPE: readBPE,
    WordPiece: readWordPiece,
    Unigram: readUnigram,
    WordLevel: (fields) =>
      new WordLevel({ vocab: readVocab(fields), unkToken: readText(fields['unk_token'], 'model.unk_token', '<unk>') }),
  };
  if (!Object.hasOwn(READERS, type)) throw malformed('model.type', type, `one of ${Object.keys(READERS).join(', ')}`);
  return READERS[type]!(json);
}

function guess(json: Json): string {
  if (json['merges'] !== undefined) return 'BPE';
  if (Array.isArray(json['vocab'])) return 'Unigram';
  return json['continuing_subword_prefix'] === undefined ? 'WordLevel' : 'WordPiece';
}

/** Ids by token; each token and each id once. */
export function readVocab(json: Json): Map<string, number> {
  const vocab = new Map<string, number>();
  for (const [token, id] of Object.entries(readObject(json['vocab'], 'model.vocab'))) {
    vocab.set(token, readCount(id, 'model.vocab'));
  }
  return vocab;
}

function readBPE(json: Json): BPE {
  const dropout = json['dropout'];
  if (dropout !== undefined && dropout !== null && dropout !== 0) {
    throw malformed('model.dropout', dropout, 'none: a text would have other tokens each time');
  }
  const merges = readList(json['merges'], 'model.merges').map((merge): [string, string] => {
    const parts = typeof merge === 'string' ? splitMerge(merge) : readList(merge, 'model.merges');
    if (parts.length !== 2) throw malformed('model.merges', merge, 'two tokens');
    return [readText(parts[0], 'model.merges'), readText(parts[1], 'model.merges')];
  });
  return new BPE({
    vocab: readVocab(json),
    merges,
    unkToken: readOptionalText(json['unk_token'], 'model.unk_token'),
    continuingSubwordPrefix: readOptionalText(json['continuing_subword_prefix'], 'model.continuing_subword_prefix'),
    endOfWordSuffix: readOptionalText(json['end_of_word_suffix'], 'model.end_of_word_suffix'),
    fuseUnk: readFlag(json['fuse_unk'], 'model.fuse_unk', false),
    byteFallback: readFlag(json['byte_fallback'], 'model.byte_fallback', false),
    ignoreMerges: readFlag(json['ignore_merges'], 'model.ignore_merges', false),
    unmatched: readUnmatched(json),
  });
}

/** Ids that are never found in a text. Hugging Face's library has no such field, and leaves it alone. */
function readUnmatched(json: Json): ReadonlySet<number> {
  return new Set(readList(json['unmatched'] ?? [], 'model.unmatched').map((id) => readCount(id, 'model.unmatched')));
}

/** Older files write a merge as one text with a space between. */
const splitMerge = (merge: string): string[] => merge.split(' ');

function readWordPiece(json: Json): WordPiece {
  return new WordPiece({
    vocab: readVocab(json),
    unkToken: readText(json['unk_token'], 'model.unk_token', '[UNK]'),
    continuingSubwordPrefix: readText(json['continuing_subword_prefix'], 'model.continuing_subword_prefix', '##'),
    maxInputCharsPerWord: readCount(json['max_input_chars_per_word'], 'model.max_input_chars_per_word', 100),
  });
}

function readUnigram(json: Json): Unigram {
  const pieces = readList(json['vocab'], 'model.vocab').map((entry): [string, number] => {
    const [token, score] = readList(entry, 'model.vocab');
    if (typeof score !== 'number' || !Number.isFinite(score))
      throw malformed('model.vocab', entry, 'a token and its score');
    return [readText(token, 'model.vocab'), score];
  });
  const unk = json['unk_id'];
  const unkId = unk === undefined || unk === null ? undefined : readCount(unk, 'model.unk_id');
  if (unkId !== undefined && unkId >= pieces.length) throw malformed('model.unk_id', unkId, `below ${pieces.length}`);
  if (pieces.length === 0) throw malformed('model.vocab', [], 'at least one token');
  const byteFallback = readFlag(json['byte_fallback'], 'model.byte_fallback', false);
  return new Unigram({ pieces, unkId, byteFallback, unmatched: readUnmatched(json) });
}
