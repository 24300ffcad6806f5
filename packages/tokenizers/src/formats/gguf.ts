import { readFlag, readList, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import { Tokenizer } from '../tokenizer.ts';
import { bertTokenizer } from './bert.ts';
import { padTokenOf } from './padding.ts';
import { PRE_TOKENIZERS, preTokenizerNamed } from './patterns.ts';
import { pieceTokenizer } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { refuse } from './refuse.ts';
import { templateOf } from './template.ts';
import type { TokenId } from './template.ts';

/** The header of a GGUF file: names and values, whole numbers also as bigint. */
export type GGUFMetadata = Readonly<Record<string, unknown>>;

/**
 * The tokenizer inside a GGUF, of the metadata in its header (`tokenizer.ggml.…`): GPT-2's kind (`gpt2`), SentencePiece's
 * BPE (`llama`) and Unigram (`t5`), and BERT's (`bert`).
 * @throws {@link TokenizerError} if the kind, or the way texts are cut into words, is not known.
 * @example
 * const tokenizer = tokenizerFromGGUF({
 *   'tokenizer.ggml.model': 'gpt2',
 *   'tokenizer.ggml.pre': 'smollm',
 *   'tokenizer.ggml.tokens': ['<|im_end|>', 'a', 'b', 'ab'],
 *   'tokenizer.ggml.token_type': [3, 1, 1, 1],
 *   'tokenizer.ggml.merges': ['a b'],
 * });
 * tokenizer.encode('abb<|im_end|>').ids; // => [3, 2, 0]
 * @category Tokenizers
 */
export function tokenizerFromGGUF(metadata: GGUFMetadata): Tokenizer {
  const kind = readText(field(metadata, 'model'), 'tokenizer.ggml.model');
  const header = new Header(metadata);
  const pad = padTokenOf({}, header.token('padding')?.token);
  if (kind === 'gpt2') return Tokenizer.fromJSON(bytePairs(header)).withPadToken(pad);
  if (kind === 'llama') return Tokenizer.fromJSON(pieces(header, 'BPE')).withPadToken(pad);
  if (kind === 't5') return Tokenizer.fromJSON(pieces(header, 'Unigram')).withPadToken(pad);
  if (kind === 'bert') return bert(header);
  throw refuse('the kind of tokenizer is not known', `tokenizer.ggml.model '${kind}'`, 'gpt2, llama, t5 or bert');
}

const field = (metadata: GGUFMetadata, name: string): unknown => metadata[`tokenizer.ggml.${name}`];

/** Types of tokens by their number. */
const TYPES: readonly Piece['type'][] = ['normal', 'normal', 'unknown', 'control', 'userDefined', 'unused', 'byte'];

/** What a header says about tokens. */
class Header {
  readonly tokens: readonly string[];
  readonly types: readonly Piece['type'][];
  readonly #metadata: GGUFMetadata;

  constructor(metadata: GGUFMetadata) {
    this.#metadata = metadata;
    this.tokens = this.list('tokens').map((token) => readText(token, 'tokenizer.ggml.tokens'));
    const types = this.list('token_type');
    this.types = this.tokens.map((_, id) => TYPES[Number(types[id] ?? 1)] ?? 'normal');
  }

  get(name: string): unknown {
    return field(this.#metadata, name);
  }

  list(name: string): readonly unknown[] {
    const value = this.get(name) ?? [];
    return readList(ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value, `tokenizer.ggml.${name}`);
  }

  flag(name: string, missing: boolean): boolean {
    return readFlag(this.get(name), `tokenizer.ggml.${name}`, missing);
  }

  /** A token that is named by its id. */
  token(name: string): TokenId | undefined {
    const value = this.get(`${name}_token_id`);
    if (value === undefined || value === null) return undefined;
    const id = Number(value);
    const token = this.tokens[id];
    if (token === undefined) throw refuse(`there is no ${name} token`, `id ${id}`, `below ${this.tokens.length}`);
    return { token, id };
  }

  /** What is put before and after a text; `adds`: unless the header says otherwise. */
  template(adds: { readonly bos: boolean; readonly eos: boolean }): Json | null {
    return templateOf({
      bos: this.flag('add_bos_token', adds.bos) ? this.token('bos') : undefined,
      eos: this.flag('add_eos_token', adds.eos) ? this.token('eos') : undefined,
      // T5 has one type for both texts of a pair.
      pairTypeId: adds.eos ? 0 : 1,
    });
  }
}

function bytePairs(header: Header): Json {
  const name = readText(header.get('pre'), 'tokenizer.ggml.pre', 'gpt-2');
  const preTokenizer = preTokenizerNamed(name);
  if (preTokenizer === undefined) {
    throw refuse(
      'the way texts are cut into words is not known',
      `tokenizer.ggml.pre '${name}'`,
      PRE_TOKENIZERS.join(', '),
    );
  }
  return {
    version: '1.0',
    added_tokens: header.tokens.flatMap((content, id) => {
      const type = header.types[id];
      const isAdded = content !== '' && (type === 'control' || type === 'userDefined');
      return isAdded ? [{ id, content, special: type === 'control', normalized: false }] : [];
    }),
    pre_tokenizer: preTokenizer,
    post_processor: header.template({ bos: name.startsWith('llama'), eos: false }),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(header.tokens.map((token, id) => [token, id])),
      merges: header.list('merges'),
      ignore_merges: name.startsWith('llama'),
    },
  };
}

function pieces(header: Header, kind: 'BPE' | 'Unigram'): Json {
  const scores = header.list('scores');
  const table = header.list('precompiled_charsmap');
  const model = {
    kind,
    pieces: header.tokens.map((text, id) => ({ text, score: Number(scores[id] ?? 0), type: header.types[id]! })),
    byteFallback: header.types.includes('byte'),
    bos: header.token('bos')?.id ?? -1,
    eos: header.token('eos')?.id ?? -1,
    table: table.length === 0 ? undefined : Uint8Array.from(table, Number),
    dummyPrefix: header.flag('add_space_prefix', true),
    removeExtra: header.flag('remove_extra_whitespaces', false),
  };
  const json = pieceTokenizer(model, {});
  return { ...json, post_processor: header.template({ bos: kind === 'BPE', eos: kind === 'Unigram' }) };
}

/** Words begin with `▁` there; pieces inside words have no mark. */
function bert(header: Header): Tokenizer {
  const vocab = new Map(
    header.tokens.map((token, id): [string, number] => {
      if (header.types[id] === 'control' || header.types[id] === 'unknown' || /^\[.*\]$/.test(token))
        return [token, id];
      return [token.startsWith('▁') ? token.slice(1) : `##${token}`, id];
    }),
  );
  const config: Record<string, unknown> = { do_lower_case: true };
  for (const [name, key] of [
    ['unk_token', 'unknown'],
    ['sep_token', 'seperator'],
    ['pad_token', 'padding'],
    ['cls_token', 'cls'],
    ['mask_token', 'mask'],
  ] as const) {
    // llama.cpp spelled the separator so at first.
    const token = header.token(key) ?? (key === 'seperator' ? header.token('separator') : undefined);
    if (token !== undefined) config[name] = token.token;
  }
  return bertTokenizer(vocab, { config });
}
