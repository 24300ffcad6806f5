import { crc32 } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { Tokenizer } from '../src/index.ts';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { fixture, pinned, texts } from './texts.ts';

const parity = parityRecord(import.meta.url);

/** What Hugging Face's library made of a text. */
interface Row {
  readonly ids: number[];
  readonly offsets: [number, number][];
  readonly words: (number | null)[];
  readonly types: number[];
  readonly decoded: string;
}

const KINDS =
  'gpt2 roberta llama3 smollm bert bert-cased bert-accents t5 unigram-first unigram-whole llama2 clip words pieces trained-bpe trained-word-piece trained-unigram'.split(
    ' ',
  );

const rowOf = (tokenizer: Tokenizer, text: string): Row => {
  const { ids, offsets, wordIds: words, typeIds: types } = tokenizer.encode(text);
  const decoded = tokenizer.decode(ids, { skipSpecialTokens: false });
  return { ids, offsets, words, types, decoded } as Row;
};

describe.each(KINDS)('%s', (kind) => {
  const tokenizer = Tokenizer.fromJSON(fixture<object>(`${kind}.tokenizer.json`));
  const { seed, checks, first } = fixture<{ seed: number; checks: string; first: Row[] }>(`${kind}.expected.json`);

  it('gives the first texts the ids, offsets, words and decoded text of the reference', () => {
    const rows = [...texts(seed, first.length)].map((text) => ({ text, ...rowOf(tokenizer, text) }));
    expect(rows).toEqual(first.map((row, index) => ({ text: rows[index]!.text, ...row })));
  });

  it('gives 2,000 texts what the reference gave them', () => {
    const all = [...texts(seed)];
    const wrong = all.filter((text, index) => {
      const sum = crc32(JSON.stringify(rowOf(tokenizer, text)))
        .toString(16)
        .padStart(8, '0');
      return sum !== checks.slice(index * 8, index * 8 + 8);
    });
    expect(wrong.slice(0, 3), `${wrong.length} of 2,000`).toEqual([]);
    const reference = pinned('make.py', 'tokenizers');
    parity.add({
      group: 'tokenizer.json',
      name: kind,
      compared: 'texts',
      count: all.length,
      largest: 0,
      tolerance: 0,
      reference,
    });
  });
});

test('the page on parity lists these cases', ({ task }) => parity.finish(task));
