import { TokenizerError } from '../errors.ts';
import { readObject } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import { Tokenizer } from '../tokenizer.ts';
import { bertTokenizer, readVocabText } from './bert.ts';
import { bytePairTokenizer } from './byte-pairs.ts';
import { padTokenOf } from './padding.ts';
import { checkPieceFamily } from './piece-family.ts';
import { refuse } from './refuse.ts';
import { tokenizerFromSentencePiece } from './sentence-piece.ts';
import type { SettingsFiles } from './settings.ts';
import { tiktokenEncoding } from './tiktoken-encoding.ts';
import { tokenizerFromTiktoken } from './tiktoken.ts';

/** Reads a file of a folder by its name; undefined if it is not there. */
export type ReadFile = (name: string) => Promise<Uint8Array | undefined>;

/** Where SentencePiece's model may be. */
const MODELS = ['spiece.model', 'tokenizer.model', 'sentencepiece.bpe.model'];
/** Ranks of the first Qwen models. */
const QWEN = 'qwen.tiktoken';
const LOOKED_FOR = ['tokenizer.json', 'vocab.json + merges.txt', 'vocab.txt', ...MODELS, QWEN];

/**
 * Reads the tokenizer of a model's folder, whichever files it has: `tokenizer.json`; `vocab.json` and `merges.txt` (GPT-2,
 * RoBERTa, Qwen 2); `vocab.txt` (BERT); `spiece.model` or `tokenizer.model` (SentencePiece, and Llama 3's ranks); `qwen.tiktoken`. What
 * `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` say goes into it.
 * @param read - Gives the bytes of a file, or undefined: of a folder on disk, of an archive, of the network.
 * @throws {@link TokenizerError} if none of these files is there, or one cannot be read; for a SentencePiece model alone of a family that has
 *   other ids or special tokens than the model's (ALBERT, XLM-RoBERTa, Marian, PEGASUS …).
 * @example
 * const files: Record<string, string> = { 'vocab.txt': '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n##s' };
 * const read = async (name: string) => (files[name] === undefined ? undefined : new TextEncoder().encode(files[name]));
 * const tokenizer = await tokenizerFromFolder(read);
 * tokenizer.encode('Hellos').tokens; // => ['[CLS]', 'hello', '##s', '[SEP]']
 * @category Tokenizers
 */
export async function tokenizerFromFolder(read: ReadFile): Promise<Tokenizer> {
  const text = async (name: string): Promise<string | undefined> => decode(await read(name));
  const whole = await text('tokenizer.json');
  const [config = {}, special = {}] = await Promise.all([
    readJson(text, 'tokenizer_config.json'),
    readJson(text, 'special_tokens_map.json'),
  ]);
  const pad = padTokenOf(config, special['pad_token'] ?? config['pad_token']);
  if (whole !== undefined) return Tokenizer.fromJSON(whole).withPadToken(pad);
  const added = await readJson(text, 'added_tokens.json');
  const settings = { config, special, added };
  const [vocab, merges] = [await readJson(text, 'vocab.json'), await text('merges.txt')];
  if (vocab !== undefined && merges !== undefined) return bytePairTokenizer(vocab, merges, settings);
  const lines = await text('vocab.txt');
  if (lines !== undefined) return bertTokenizer(readVocabText(lines), settings);
  for (const name of MODELS) {
    const bytes = await read(name);
    if (bytes === undefined) continue;
    return ofModel(bytes, settings, await readJson(text, 'config.json')).withPadToken(pad);
  }
  const ranks = await text(QWEN);
  if (ranks !== undefined) return tokenizerFromTiktoken(ranks, tiktokenEncoding('qwen')!);
  throw refuse('there is no tokenizer', 'none of its files', `one of ${LOOKED_FOR.join(', ')}`);
}

const decode = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

async function readJson(text: (name: string) => Promise<string | undefined>, name: string): Promise<Json | undefined> {
  const source = await text(name);
  if (source === undefined) return undefined;
  try {
    return readObject(JSON.parse(source), name);
  } catch (cause) {
    if (TokenizerError.isInstance(cause)) throw cause;
    throw refuse(`${name} is no JSON`, JSON.stringify(source.slice(0, 40)), 'an object');
  }
}

/** A base64 text, a space and a number: ranks under the name of SentencePiece's model, as Llama 3 has them. */
const RANKS = /^[A-Za-z0-9+/]+={0,2} \d+\n/;

// oxlint-disable-next-line max-params -- the file, and what two others say of it.
function ofModel(bytes: Uint8Array, settings: SettingsFiles, model: Json | undefined): Tokenizer {
  const { config = {}, added = {} } = settings;
  if (RANKS.test(new TextDecoder().decode(bytes.subarray(0, 1000)))) {
    const specialTokens: Record<string, number> = {};
    for (const [id, token] of Object.entries(
      readObject(config['added_tokens_decoder'] ?? {}, 'added_tokens_decoder'),
    )) {
      const { content } = readObject(token, 'added_tokens_decoder');
      if (typeof content === 'string') specialTokens[content] = Number(id);
    }
    return tokenizerFromTiktoken(new TextDecoder().decode(bytes), { pattern: 'llama3', specialTokens });
  }
  checkPieceFamily(config, model);
  const isT5 = /^M?T5/.test(String(config['tokenizer_class'] ?? ''));
  const count = Number(config['extra_ids'] ?? (isT5 ? 100 : 0));
  if (!Number.isInteger(count) || count < 0 || count > 10_000)
    throw refuse('extra_ids is out of range', `${count}`, '0 to 10000');
  const extra = isT5
    ? Array.from({ length: count }, (_, index) => `<extra_id_${count - 1 - index}>`)
    : Object.keys(added);
  return tokenizerFromSentencePiece(bytes, {
    addBos: config['add_bos_token'] === true,
    addEos: config['add_eos_token'] === true || isT5,
    extraTokens: extra,
    pairTypeId: isT5 ? 0 : 1,
  });
}
