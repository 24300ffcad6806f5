import { Tokenizer } from '../tokenizer.ts';
import type { Json } from '../read/fields.ts';
import { padTokenOf } from './padding.ts';
import { refuse } from './refuse.ts';
import { Settings } from './settings.ts';
import type { SettingsFiles } from './settings.ts';

const DEFAULTS = {
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
};

/** Reads a `vocab.txt`: a token per line, the id is the line. */
export function readVocabText(text: string): Map<string, number> {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw refuse('vocab.txt has no tokens', 'an empty file', 'a token per line');
  return new Map(lines.map((token, id) => [token, id]));
}

/** BERT's tokenizer, of a `vocab.txt` and what goes with it. */
export function bertTokenizer(vocab: ReadonlyMap<string, number>, files: SettingsFiles = {}): Tokenizer {
  const settings = new Settings(files, vocab, DEFAULTS);
  const unknown = settings.special('unk_token');
  const accents = settings.config['strip_accents'];
  return Tokenizer.fromJSON({
    version: '1.0',
    added_tokens: settings.addedTokens,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: settings.flag('tokenize_chinese_chars', true),
      strip_accents: accents === undefined || accents === null ? null : settings.flag('strip_accents', true),
      lowercase: settings.flag('do_lower_case', true),
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: around(settings),
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: unknown?.token ?? '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocab),
    },
  }).withPadToken(padTokenOf(settings.config, settings.special('pad_token')?.token));
}

function around(settings: Settings): Json {
  const [cls, sep] = [settings.special('cls_token'), settings.special('sep_token')];
  if (cls === undefined || sep === undefined) {
    throw refuse('there is no token to begin or end a text', 'neither cls_token nor sep_token', 'both');
  }
  return { type: 'BertProcessing', cls: [cls.token, cls.id], sep: [sep.token, sep.id] };
}
