import { describe, expect, it } from 'vitest';
import { ChatTemplate, Tokenizer, TokenizerError, characterTokenizer } from '../src/index.ts';
import { fixture } from './texts.ts';

const load = (kind: string): Tokenizer => Tokenizer.fromJSON(fixture<object>(`${kind}.tokenizer.json`));
const bpe = (parts: object): object => ({
  model: { type: 'BPE', vocab: { a: 0, '<unk>': 1 }, merges: [], unk_token: '<unk>' },
  ...parts,
});

/** Processor time of the second of two runs, in microseconds. */
function cost(run: () => unknown): number {
  run();
  const { user } = process.cpuUsage();
  run();
  return process.cpuUsage().user - user;
}

/** Eight times the size; quadratic time would be 64 times. */
function expectLinear(run: (size: number) => unknown, size: number): void {
  const [short, long] = [cost(() => run(size)), cost(() => run(8 * size))];
  expect(long, `${short} and ${long} µs`).toBeLessThan(28 * Math.max(short, 4_000));
}

describe('takes time and memory in proportion to', () => {
  it.each(['NFC', 'NFD', 'NFKC', 'NFKD'])(
    'a character with very many marks, and Hangul without spaces (%s)',
    (type) => {
      const tokenizer = Tokenizer.fromJSON(bpe({ normalizer: { type } }));
      expectLinear((size) => tokenizer.encode(`e${'\u0301'.repeat(size)}`), 4_000);
      expectLinear((size) => tokenizer.encode(`\u1112\u1161\u11ab${'한국어'.repeat(size)}`), 1_000);
    },
  );

  it('a text that is cut into very many pieces', () => {
    const tokenizer = load('roberta');
    const cut = (size: number) => tokenizer.encode('a '.repeat(size), { truncation: { maxLength: 64 } });
    expectLinear(cut, 10_000);
    expect(cut(1_000).overflowing.length).toBeGreaterThan(10);
  });

  it('a pair that is cut: what was cut off is made when asked for', () => {
    const truncation = { maxLength: 13 };
    const encode = (size: number) => load('bert').encode('a '.repeat(size), { pair: 'b '.repeat(size), truncation });
    expectLinear(encode, 5_000);
    const { overflowing } = load('bert').encode('a '.repeat(10), { pair: 'b '.repeat(10), truncation });
    expect(overflowing.map(({ length }) => length)).toEqual([13, 13, 13]);
  });

  it('a stream of bytes that are no text, and of tokens without one', () => {
    for (const [kind, token] of [
      ['llama2', '<0xFF>'],
      ['bert', '[MASK]'],
    ] as const) {
      const tokenizer = load(kind);
      const id = tokenizer.tokenToId(token)!;
      expectLinear((size) => {
        const stream = tokenizer.decodeStream();
        for (let count = 0; count < size; count++) stream.push(id);
        return stream.flush();
      }, 1_000);
    }
  });
});

it('a stream gives the text of very many bytes that are none, and what comes after', () => {
  const tokenizer = load('llama2');
  const stream = tokenizer.decodeStream();
  const ids = [...Array.from({ length: 100 }, () => tokenizer.tokenToId('<0xFF>')!), ...tokenizer.encode('日').ids];
  const text = ids.map((id) => stream.push(id)).join('') + stream.flush();
  expect(text.startsWith('\ufffd'.repeat(100))).toBe(true);
  expect(tokenizer.decode(Array.from({ length: 300_000 }, () => ids[0]!)).length).toBe(300_000);
});

describe('is refused in one line', () => {
  const deep = (type: string, field: string): string =>
    `${`{"type":"Sequence","${field}":[`.repeat(50_000)}{"type":"${type}"}${']}'.repeat(50_000)}`;
  const long = Tokenizer.fromJSON(
    bpe({ pre_tokenizer: { type: 'Split', pattern: { Regex: '(?:a|b)+' }, behavior: 'Isolated' } }),
  );
  const bert = load('bert');
  const pad = { padToken: '[PAD]', padId: 0 };
  const encode = (options: unknown) => () => bert.encode('a b c', options as object);
  it.each<[string, () => unknown]>([
    [
      'a file with normalizers in normalizers',
      () =>
        Tokenizer.fromJSON(
          `{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"normalizer":${deep('NFC', 'normalizers')}}`,
        ),
    ],
    [
      'a file with decoders in decoders',
      () =>
        Tokenizer.fromJSON(
          `{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"decoder":${deep('Fuse', 'decoders')}}`,
        ),
    ],
    ['a bigint for a model', () => Tokenizer.fromJSON({ model: 1n })],
    ['lists in lists for a model', () => Tokenizer.fromJSON(`{"model":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)],
    ['a text too long for a pattern', () => long.encode('ab'.repeat(8_000_000))],
    [
      'padding of a file that fits in no memory',
      () => Tokenizer.fromJSON(bpe({ padding: { strategy: { Fixed: 2 ** 31 - 1 } } })).encode('a'),
    ],
    ['padding to a multiple that fits in no memory', encode({ padding: { ...pad, multipleOf: 2 ** 31 - 1 } })],
    ['no text', () => bert.encode(null as never)],
    ['a number', () => bert.encodeBatch([5 as never])],
    ['three texts', () => bert.encodeBatch([['a', 'b', 'c'] as never])],
    ['a text for texts', () => bert.encodeBatch('abc' as never)],
    ['no options', encode(null)],
    ['truncation: true', encode({ truncation: true })],
    ['truncation without length', encode({ truncation: {} })],
    ['truncation NaN', encode({ truncation: { maxLength: NaN } })],
    ['a direction nobody knows', encode({ truncation: { maxLength: 4, direction: 'up' } })],
    ['a strategy nobody knows', encode({ truncation: { maxLength: 4, strategy: 'first' } })],
    ['padding: true of files that name no token', encode({ padding: true })],
    ['padding: false', encode({ padding: false })],
    ['padding without id', encode({ padding: { padToken: 'x', length: 8 } })],
    ['padding to NaN', encode({ padding: { ...pad, length: NaN } })],
    ['padding to 1e308', encode({ padding: { ...pad, length: 1e308 } })],
    ['padding in the middle', encode({ padding: { ...pad, direction: 'middle' } })],
    ['no ids', () => bert.decode(null as never)],
    ['half an id', () => bert.decode([1.5])],
    ['ids of another kind', () => bert.decode([1n] as never)],
    ['a name for an id', () => bert.decode(['length'] as never)],
    ['no text to learn from', () => characterTokenizer(null as never)],
  ])('%s', (_, run) => {
    expect(run).toThrow(TokenizerError);
  });
});

describe('a template', () => {
  const apply = (source: string): string => new ChatTemplate(source).apply([{ role: 'user', content: 'Hi' }]);

  it.each([
    ['a long range', '{{ range(1000000000)|length }}', 'entries in a list'],
    [
      'loops in loops',
      `{% for a in range(9999) %}${'{% for b in range(9999) %}'.repeat(3)}${'{% endfor %}'.repeat(4)}`,
      'steps',
    ],
    ['a list in loops', '{% set l = range(9999) %}{% for a in l %}{% for b in l %}{% endfor %}{% endfor %}', 'steps'],
    [
      'calls of itself',
      '{% macro f(x) %}{% if x > 0 %}{{ f(x-1) }}{{ f(x-1) }}{% endif %}{% endmacro %}{{ f(60) }}',
      'steps',
    ],
    [
      'doubled text',
      "{% set n = namespace(x='aaaa') %}{% for i in range(40) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
      'characters',
    ],
    [
      'a doubled list',
      '{% set n = namespace(x=[1]) %}{% for i in range(40) %}{% set n.x = n.x + n.x %}{% endfor %}',
      'entries in a list',
    ],
    ['white space without end', `{%${' '.repeat(900_000)}`, 'at most 100000'],
  ])('is refused for %s', (_, source, what) => {
    const { user } = process.cpuUsage();
    expect(() => apply(source)).toThrow(
      expect.objectContaining({ name: 'TokenizerError', message: expect.stringContaining(what) as string }),
    );
    expect(process.cpuUsage().user - user).toBeLessThan(60e6);
  });

  it('of a usual kind has what templates use', () => {
    expect(apply('{% for i in range(2, 8, 3) %}{{ i }},{% endfor %}{{ range(5, 0, -2) }}')).toBe('2,5,[5, 3, 1]');
    expect(apply("{{ strftime_now('%d %b %Y') }}")).toMatch(/^\d\d [A-Z][a-z]{2} \d{4}$/);
    expect(apply('{{ true and not False }}{{ none is none }}')).toBe('truetrue');
    expect(() => apply("{{ raise_exception('no system') }}")).toThrow("Got 'no system'");
    const many = Array.from({ length: 3_000 }, () => ({ role: 'user', content: 'Hi' }));
    const source = '{% for m in messages %}{{ messages[loop.index0].content }}{% endfor %}';
    expect(new ChatTemplate(source).apply(many).length).toBe(6_000);
  });

  it('refuses what is no template and no conversation', () => {
    expect(() => new ChatTemplate(null as never)).toThrow(TokenizerError);
    expect(() => new ChatTemplate('a').apply(null as never)).toThrow(TokenizerError);
    expect(new ChatTemplate('a', null as never).apply([], null as never)).toBe('a');
  });
});
