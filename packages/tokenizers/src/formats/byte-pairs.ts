import type { Json } from '../read/fields.ts';
import { readCount } from '../read/fields.ts';
import { Tokenizer } from '../tokenizer.ts';
import { padTokenOf } from './padding.ts';
import { preTokenizerNamed } from './patterns.ts';
import { refuse } from './refuse.ts';
import { Settings } from './settings.ts';
import type { SettingsFiles, SpecialName } from './settings.ts';

/** What differs between the families whose tokens are in `vocab.json` and `merges.txt`. */
interface Family {
  readonly defaults: Partial<Record<SpecialName, string>>;
  readonly parts: (settings: Settings) => Json;
}

const END = '<|endoftext|>';

const FAMILIES: Readonly<Record<string, Family>> = {
  GPT2: {
    defaults: { unk_token: END, bos_token: END, eos_token: END },
    parts: (settings) => ({
      pre_tokenizer: bytes(settings),
      post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
    }),
  },
  Roberta: {
    defaults: {
      bos_token: '<s>',
      eos_token: '</s>',
      sep_token: '</s>',
      cls_token: '<s>',
      unk_token: '<unk>',
      pad_token: '<pad>',
      mask_token: '<mask>',
    },
    parts: (settings) => ({ pre_tokenizer: bytes(settings), post_processor: robertaProcessing(settings) }),
  },
  Qwen2: {
    defaults: { unk_token: END, eos_token: END, pad_token: END },
    parts: () => ({ normalizer: { type: 'NFC' }, pre_tokenizer: preTokenizerNamed('qwen2') }),
  },
};

/** Names of tokenizer classes that are one of these families. */
const CLASSES: Readonly<Record<string, keyof typeof FAMILIES>> = {
  GPT2: 'GPT2',
  CodeGen: 'GPT2',
  GPTNeoX: 'GPT2',
  Roberta: 'Roberta',
  Bart: 'Roberta',
  Longformer: 'Roberta',
  LED: 'Roberta',
  Qwen2: 'Qwen2',
};

/** The tokenizer of a `vocab.json` and a `merges.txt`: GPT-2's, RoBERTa's or Qwen 2's. */
export function bytePairTokenizer(vocabulary: Json, mergesText: string, files: SettingsFiles = {}): Tokenizer {
  const vocab = new Map(Object.entries(vocabulary).map(([token, id]) => [token, readCount(id, 'vocab.json')] as const));
  const { defaults, parts } = FAMILIES[familyOf(files, vocab)]!;
  const settings = new Settings(files, vocab, defaults);
  return Tokenizer.fromJSON({
    version: '1.0',
    added_tokens: settings.addedTokens,
    normalizer: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    ...parts(settings),
    model: { type: 'BPE', vocab: vocabulary, merges: readMerges(mergesText) },
  }).withPadToken(padTokenOf(settings.config, settings.special('pad_token')?.token));
}

/** The family that `tokenizer_config.json` names; without a name RoBERTa's vocabulary is told by its first token. */
function familyOf(files: SettingsFiles, vocab: ReadonlyMap<string, number>): string {
  const name = files.config?.['tokenizer_class'];
  if (typeof name !== 'string') return vocab.get('<s>') === 0 ? 'Roberta' : 'GPT2';
  const family = CLASSES[name.replace(/Tokenizer(Fast)?$/, '')];
  if (family === undefined)
    throw refuse('the class of tokenizer is not known', `'${name}'`, Object.keys(CLASSES).join(', '));
  return family;
}

/** The merges of a `merges.txt`: two tokens a line, after a line with the version. */
function readMerges(text: string): [string, string][] {
  return text
    .split(/\r\n|\r|\n/)
    .filter((line, index) => line !== '' && !(index === 0 && line.startsWith('#version')))
    .map((line): [string, string] => {
      const [left, right, ...rest] = line.split(' ');
      if (left && right && rest.length === 0) return [left, right];
      throw refuse(
        'a line of merges.txt is no merge',
        JSON.stringify(line.slice(0, 80)),
        'two tokens and a space between',
      );
    });
}

const bytes = (settings: Settings): Json => ({
  type: 'ByteLevel',
  add_prefix_space: settings.flag('add_prefix_space', false),
  trim_offsets: true,
  use_regex: true,
});

function robertaProcessing(settings: Settings): Json {
  const [cls, sep] = [settings.special('cls_token')!, settings.special('sep_token')!];
  return {
    type: 'RobertaProcessing',
    sep: [sep.token, sep.id],
    cls: [cls.token, cls.id],
    trim_offsets: settings.flag('trim_offsets', true),
    add_prefix_space: settings.flag('add_prefix_space', false),
  };
}
