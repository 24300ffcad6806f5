import { describe, expect, it } from 'vitest';
import { Tokenizer, TokenizerError } from '../src/index.ts';
import { fixture, mulberry32 } from './texts.ts';

const KINDS = ['gpt2', 'roberta', 'llama3', 'bert', 't5', 'llama2', 'clip', 'words', 'pieces'];
const FILES = KINDS.map((kind) => JSON.stringify(fixture<object>(`${kind}.tokenizer.json`)));
const TEXT = 'The cat 日本 😀 e\u0301 <s> [MASK] 123\n\u0000 running';
const MUTATIONS = process.env['GAI_FULL'] === '1' ? 10_000 : 600;

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 31,
  '',
  'x',
  '(',
  '▁▁',
  [],
  {},
  [[]],
  [['a', 1]],
  { type: 'Nothing' },
  { String: '' },
  { Regex: '[' },
  { Regex: String.raw`(\w+)\1` },
  { Fixed: -1 },
  ['a', 'b', 'c'],
  { A: { id: 'A', type_id: 0 } },
];

/** Every place in a value, as the object or list that holds it and the key. */
function* places(value: unknown, depth = 0): Generator<readonly [Record<string, unknown>, string]> {
  if (typeof value !== 'object' || value === null || depth > 6) return;
  const keys = Object.keys(value);
  // Of long lists and vocabularies a few entries are enough.
  for (const key of keys.length > 40 ? [...keys.slice(0, 8), ...keys.slice(-8)] : keys) {
    yield [value as Record<string, unknown>, key];
    yield* places((value as Record<string, unknown>)[key], depth + 1);
  }
}

function mutate(json: object, random: () => number): void {
  const all = [...places(json)];
  const [holder, key] = all[Math.floor(random() * all.length)]!;
  const action = random();
  if (action < 0.2) delete holder[key];
  else if (action < 0.3) holder[`${key}x`] = holder[key];
  else if (action < 0.45) {
    const [other, otherKey] = all[Math.floor(random() * all.length)]!;
    holder[key] = structuredClone(other[otherKey]);
  } else holder[key] = structuredClone(VALUES[Math.floor(random() * VALUES.length)]);
}

it(`${MUTATIONS} changed files give a tokenizer that works or an error that says why`, () => {
  const random = mulberry32(9);
  let refused = 0;
  for (let count = 0; count < MUTATIONS; count++) {
    const json = JSON.parse(FILES[count % FILES.length]!) as object;
    for (let times = 0; times <= random() * 3; times++) mutate(json, random);
    try {
      const tokenizer = Tokenizer.fromJSON(json);
      const { ids, offsets } = tokenizer.encode(TEXT);
      expect(offsets.every(([start, end]) => 0 <= start && start <= end && end <= TEXT.length)).toBe(true);
      tokenizer.decode(ids);
    } catch (error) {
      if (!TokenizerError.isInstance(error)) throw error;
      expect(error.message).toMatch(/^(fromJSON|encode): .+\. .*Got .+; expected .+\./s);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(MUTATIONS / 5);
  expect(refused).toBeLessThan(MUTATIONS);
}, 1_800_000);

const model = { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' };

describe('bad files', () => {
  it.each<[string, string | object, string]>([
    ['no JSON', '{', 'the text is no JSON'],
    ['a list', '[]', 'tokenizer.json is not as it should be. Got []; expected an object'],
    ['no model', {}, 'model is not as it should be. Got nothing'],
    ['a model nobody knows', { model: { type: 'Neural' } }, 'one of BPE, WordPiece, Unigram, WordLevel'],
    ['an id of text', { model: { ...model, vocab: { a: 'x' } } }, 'model.vocab is not as it should be'],
    [
      'a merge outside the vocabulary',
      { model: { type: 'BPE', vocab: { a: 0 }, merges: ['a b'] } },
      'merge 0 is not in the vocabulary. Got "b"',
    ],
    ['a merge of three', { model: { type: 'BPE', vocab: { a: 0 }, merges: ['a a a'] } }, 'expected two tokens'],
    ['dropout', { model: { type: 'BPE', vocab: {}, merges: [], dropout: 0.1 } }, 'model.dropout'],
    ['an unknown token outside', { model: { type: 'WordPiece', vocab: { a: 0 }, unk_token: 'u' } }, 'model.unk_token'],
    ['a score of text', { model: { type: 'Unigram', vocab: [['a', 'b']] } }, 'a token and its score'],
    ['an unk_id outside', { model: { type: 'Unigram', vocab: [['a', 0]], unk_id: 3 } }, 'model.unk_id'],
    ['a normalizer nobody knows', { model, normalizer: { type: 'Magic' } }, 'normalizer.type'],
    [
      'a pattern that is none',
      { model, pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' } },
      'cannot be read',
    ],
    [
      'a behavior nobody knows',
      { model, pre_tokenizer: { type: 'Split', pattern: { String: 'a' }, behavior: 'Eaten' } },
      'pre_tokenizer.behavior',
    ],
    ['a long replacement', { model, pre_tokenizer: { type: 'Metaspace', replacement: 'ab' } }, 'one character'],
    [
      'a cut table',
      { model, normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } },
      'precompiled_charsmap',
    ],
    [
      'a template of C',
      {
        model,
        post_processor: { type: 'TemplateProcessing', single: [{ Sequence: { id: 'C', type_id: 0 } }], pair: [] },
      },
      'A or B',
    ],
    [
      'a template without its token',
      {
        model,
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: 'S', type_id: 0 } }],
          pair: [],
          special_tokens: {},
        },
      },
      "special token 'S'",
    ],
    ['a decoder nobody knows', { model, decoder: { type: 'Oracle' } }, 'decoder.type'],
    ['padding to nowhere', { model, padding: { strategy: { Fixed: 'x' } } }, 'padding.Fixed'],
  ])('%s', (_, json, part) => {
    expect(() => Tokenizer.fromJSON(json)).toThrow(TokenizerError);
    expect(() => Tokenizer.fromJSON(json)).toThrow(part);
  });
});

describe('bad options', () => {
  const tokenizer = Tokenizer.fromJSON(fixture<object>('bert.tokenizer.json'));

  it.each<[string, object, string]>([
    ['a misspelt one', { max_length: 3 }, "Got 'max_length'"],
    ['no room', { truncation: { maxLength: 1 } }, 'Got maxLength 1; expected at least 2'],
    ['a wide stride', { truncation: { maxLength: 4, stride: 2 } }, 'Got stride 2 for pieces of 2 tokens'],
    ['half a token', { truncation: { maxLength: 4.5 } }, 'maxLength is out of range. Got 4.5'],
    [
      'a second text that is not there',
      { truncation: { maxLength: 4, strategy: 'only_second' } },
      "'only_second' cannot cut enough",
    ],
  ])('%s', (_, options, part) => {
    expect(() => tokenizer.encode('the cat sat on the mat', options)).toThrow(part);
  });
});

it('reads texts and files in time proportional to their length', () => {
  const cost = (kind: string, text: string): number => {
    const tokenizer = Tokenizer.fromJSON(fixture<object>(`${kind}.tokenizer.json`));
    const { user } = process.cpuUsage();
    const { offsets } = tokenizer.encode(text); // made when asked for
    expect(offsets).toBeInstanceOf(Array);
    return process.cpuUsage().user - user;
  };
  for (const kind of ['gpt2', 'bert', 't5', 'llama2', 'clip']) {
    for (const unit of ['a', 'the ', '\u0301', '😀', '\n', '<s>']) {
      cost(kind, unit.repeat(2_000));
      const [short, long] = [cost(kind, unit.repeat(10_000)), cost(kind, unit.repeat(80_000))];
      // Eight times the text; quadratic time would be 64 times.
      expect(long, `${kind} of ${JSON.stringify(unit)}: ${short} and ${long} µs`).toBeLessThan(
        28 * Math.max(short, 8_000),
      );
    }
  }
}, 240_000);

it('treats special tokens of strangers as text when asked', () => {
  const tokenizer = Tokenizer.fromJSON(fixture<object>('llama3.tokenizer.json'));
  const end = tokenizer.tokenToId('<|end|>')!;
  expect(tokenizer.encode('a<|end|>', { addSpecialTokens: false }).ids).toContain(end);
  const { ids, offsets } = tokenizer.encode('a<|end|>', { addSpecialTokens: false, splitSpecialTokens: true });
  expect(ids).not.toContain(end);
  expect(offsets.at(-1)![1]).toBe(8);
});

it('what a file says moves no cursor', () => {
  const json = { model: { type: 'Word\u001b[2J\u009b\u202e' } };
  expect(() => Tokenizer.fromJSON(json)).toThrow(String.raw`Word\u001b[2J\u009b\u202e`);
});
