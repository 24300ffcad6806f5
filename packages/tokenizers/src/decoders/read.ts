import { readPattern } from '../text/pattern.ts';
import { malformed, readCount, readFlag, readList, readObject, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import { readMetaspace } from '../pre-tokenizers/read.ts';
import { byteFallback, byteLevel } from './bytes.ts';
import { changeEach } from './decoder.ts';
import type { DecodeStep, Decoder, TextSink } from './decoder.ts';
import { ctc, spaced, wordEnds, wordPiece } from './words.ts';

/** Steps of one decoder: each text goes through all of them. */
const MOST_STEPS = 100;

const READERS: Readonly<Record<string, (json: Json) => readonly DecodeStep[]>> = {
  ByteLevel: () => [byteLevel],
  Metaspace: (json) => {
    const { replacement, prependScheme } = readMetaspace(json, 'decoder');
    // All marks of the first token stand for the space that was put before the text.
    return [
      changeEach((token, index) => token.replaceAll(replacement, index === 0 && prependScheme !== 'never' ? '' : ' ')),
    ];
  },
  WordPiece: (json) => {
    const prefix = readText(json['prefix'], 'decoder.prefix', '##');
    return [wordPiece(prefix, readFlag(json['cleanup'], 'decoder.cleanup', true))];
  },
  BPEDecoder: (json) => [wordEnds(readText(json['suffix'], 'decoder.suffix', '</w>'))],
  ByteFallback: () => [byteFallback],
  Fuse: () => [{ joins: true, start: (next) => next, startParts: (next) => next }],
  Strip: (json) => {
    const content = readText(json['content'], 'decoder.content', ' ');
    const [left, right] = [readCount(json['start'], 'decoder.start', 0), readCount(json['stop'], 'decoder.stop', 0)];
    const parts = content.length === 1 && right === 0 ? stripParts(content, left) : undefined;
    return [changeEach((token) => strip(token, content, left, right), parts)];
  },
  Replace: (json) => {
    const pattern = readPattern(json['pattern'], 'decoder.pattern');
    const content = readText(json['content'], 'decoder.content');
    const change = (text: string): string => text.replaceAll(pattern, () => content);
    const { String: found } = json['pattern'] as { readonly String?: unknown };
    // What is longer may begin in one part and end in another.
    const isUnit = typeof found === 'string' && found.length === 1;
    return [changeEach(change, isUnit ? changeEach(change).start : undefined)];
  },
  CTC: (json) => {
    const pad = readText(json['pad_token'], 'decoder.pad_token', '<pad>');
    const delimiter = readText(json['word_delimiter_token'], 'decoder.word_delimiter_token', '|');
    return [ctc(pad, delimiter, readFlag(json['cleanup'], 'decoder.cleanup', true))];
  },
  Sequence: (json) => readList(json['decoders'], 'decoder.decoders').flatMap(readSteps),
};

function readSteps(value: unknown): readonly DecodeStep[] {
  if (value === null || value === undefined) return [];
  const json = readObject(value, 'decoder');
  const type = readText(json['type'], 'decoder.type');
  if (!Object.hasOwn(READERS, type)) throw malformed('decoder.type', type, `one of ${Object.keys(READERS).join(', ')}`);
  return READERS[type]!(json);
}

/** The decoder of a tokenizer file; if it has none there are spaces between tokens. */
export function readDecoder(value: unknown): Decoder {
  if (value === null || value === undefined) return [spaced];
  const steps = readSteps(value);
  if (steps.length <= MOST_STEPS) return steps;
  throw malformed('decoder.decoders', `${steps.length} steps`, `at most ${MOST_STEPS}`);
}

function strip(token: string, content: string, left: number, right: number): string {
  let text = token;
  for (let count = 0; count < left && text.startsWith(content); count++) text = text.slice(content.length);
  for (let count = 0; count < right && text.endsWith(content); count++) text = text.slice(0, -content.length);
  return text;
}

/** Takes up to `most` of a character from the beginning of a text in parts. */
const stripParts =
  (content: string, most: number) =>
  (next: TextSink): TextSink => {
    let left = most;
    return {
      push: (part) => {
        let start = 0;
        for (; left > 0 && part[start] === content; left--) start++;
        if (start < part.length) left = 0;
        next.push(part.slice(start));
      },
      end: () => next.end(),
    };
  };
