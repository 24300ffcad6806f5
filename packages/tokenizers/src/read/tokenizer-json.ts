import type { AddedToken } from '../added/added-tokens.ts';
import { readDecoder } from '../decoders/read.ts';
import type { Padding } from '../encoding/pad.ts';
import type { Truncation, TruncationStrategy } from '../encoding/truncate.ts';
import { TokenizerError } from '../errors.ts';
import { readModel } from '../models/read.ts';
import { readNormalizer } from '../normalizers/read.ts';
import { readPostProcessor } from '../post-processors/read.ts';
import { readPreTokenizer } from '../pre-tokenizers/read.ts';
import type { TokenizerParts } from '../tokenizer.ts';
import { malformed, readCount, readFlag, readList, readObject, readText } from './fields.ts';
import type { Json } from './fields.ts';

/** Takes a `tokenizer.json` apart. */
export function readTokenizer(given: string | object): TokenizerParts {
  const json = readObject(typeof given === 'string' ? parse(given) : given, 'tokenizer.json');
  const model = readModel(json['model']);
  return {
    model,
    addedTokens: readList(json['added_tokens'] ?? [], 'added_tokens').map(readAddedToken),
    normalizer: readNormalizer(json['normalizer']),
    preTokenizer: readPreTokenizer(json['pre_tokenizer']),
    postProcessor: readPostProcessor(json['post_processor']),
    decoder: readDecoder(json['decoder']),
    truncation: readTruncation(json['truncation']),
    padding: readPadding(json['padding']),
    source: json,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TokenizerError(
      'TOKENIZER',
      `fromJSON: the text is no JSON. Got ${JSON.stringify(text.slice(0, 40))} (${(cause as Error).message}); expected the ` +
        'content of a tokenizer.json.',
      { op: 'fromJSON', cause },
    );
  }
}

function readAddedToken(value: unknown): AddedToken {
  const json = readObject(value, 'added_tokens');
  const flag = (name: string): boolean => readFlag(json[name], `added_tokens.${name}`, false);
  const special = flag('special');
  return {
    id: readCount(json['id'], 'added_tokens.id'),
    content: readText(json['content'], 'added_tokens.content'),
    singleWord: flag('single_word'),
    lstrip: flag('lstrip'),
    rstrip: flag('rstrip'),
    normalized: readFlag(json['normalized'], 'added_tokens.normalized', !special),
    special,
  };
}

const STRATEGIES: Readonly<Record<string, TruncationStrategy>> = {
  LongestFirst: 'longest_first',
  OnlyFirst: 'only_first',
  OnlySecond: 'only_second',
};

const readDirection = (json: Json, where: string): 'left' | 'right' => {
  const direction = readText(json['direction'], `${where}.direction`, 'Right');
  if (direction !== 'Left' && direction !== 'Right') throw malformed(`${where}.direction`, direction, 'Left or Right');
  return direction === 'Left' ? 'left' : 'right';
};

function readTruncation(value: unknown): Truncation | undefined {
  if (value === null || value === undefined) return undefined;
  const json = readObject(value, 'truncation');
  const strategy = readText(json['strategy'], 'truncation.strategy', 'LongestFirst');
  if (!Object.hasOwn(STRATEGIES, strategy)) {
    throw malformed('truncation.strategy', strategy, `one of ${Object.keys(STRATEGIES).join(', ')}`);
  }
  return {
    maxLength: readCount(json['max_length'], 'truncation.max_length'),
    strategy: STRATEGIES[strategy],
    stride: readCount(json['stride'], 'truncation.stride', 0),
    direction: readDirection(json, 'truncation'),
  };
}

function readPadding(value: unknown): Padding | undefined {
  if (value === null || value === undefined) return undefined;
  const json = readObject(value, 'padding');
  const strategy = json['strategy'] ?? 'BatchLongest';
  return {
    length:
      strategy === 'BatchLongest'
        ? 'longest'
        : readCount(readObject(strategy, 'padding.strategy')['Fixed'], 'padding.Fixed'),
    multipleOf: readCount(json['pad_to_multiple_of'], 'padding.pad_to_multiple_of', 1),
    direction: readDirection(json, 'padding'),
    padToken: readText(json['pad_token'], 'padding.pad_token', '[PAD]'),
    padId: readCount(json['pad_id'], 'padding.pad_id', 0),
    padTypeId: readCount(json['pad_type_id'], 'padding.pad_type_id', 0),
  };
}
