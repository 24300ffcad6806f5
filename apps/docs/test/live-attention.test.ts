import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  attentionInputs,
  FIRST_SETTINGS as settings,
  MASKS,
  MOST_TOKENS,
  wordsOf,
} from '../.vitepress/components/attention-inputs.ts';
import type { AttentionSettings } from '../.vitepress/components/attention-inputs.ts';
import { attentionNumbers } from '../.vitepress/components/attention-numbers.ts';
import { attentionStages, STEPS } from '../.vitepress/components/attention-stages.ts';
import type { Matrix } from '../.vitepress/kit/heat-map.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** The plain formula, to hold the page's numbers against. */
function product(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => b[0]!.map((_, column) => row.reduce((sum, value, k) => sum + value * b[k]![column]!, 0)));
}

function expectClose(got: Matrix, wanted: Matrix): void {
  got.forEach((row, y) => row.forEach((value, x) => expect(value).toBeCloseTo(wanted[y]![x]!, 4)));
}

const transposed = (matrix: Matrix): number[][] => matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

describe('the numbers of the attention page', () => {
  it.each(MASKS)('follow the formula with mask %s', async (mask) => {
    const numbers = await attentionNumbers({ ...settings, weights: 'random', mask, temperature: 0.5 });
    expect(numbers.scale).toBeCloseTo(1, 10);
    expectClose(
      numbers.heads[1]!.query,
      product(numbers.x, numbers.projections.query).map((row) => row.slice(4)),
    );
    for (const head of numbers.heads) {
      expectClose(head.scores, product(head.query, transposed(head.key)));
      const powers = head.masked.map((row) => row.map(Math.exp));
      expectClose(
        head.weights,
        powers.map((row) => row.map((power) => power / row.reduce((a, b) => a + b))),
      );
      expectClose(head.output, product(head.weights, head.value));
    }
    expect(numbers.concatenated[2]).toEqual(numbers.heads.flatMap(({ output }) => output[2]));
  });

  it('masks what the reader chose', async () => {
    const allowed = async (mask: AttentionSettings['mask']): Promise<string[]> => {
      const { heads } = await attentionNumbers({ ...settings, text: 'a b c', mask, window: 2 });
      return heads[0]!.masked.map((row) => row.map((value) => (value === -Infinity ? '-' : 'x')).join(''));
    };
    expect(await allowed('none')).toEqual(['xxx', 'xxx', 'xxx']);
    expect(await allowed('causal')).toEqual(['x--', 'xx-', 'xxx']);
    expect(await allowed('sliding window')).toEqual(['x--', 'xx-', '-xx']);
    expect(await allowed('padding')).toEqual(Array.from({ length: 5 }, () => 'xxx--'));
  });

  it.each([
    [1, 4],
    [2, 4],
    [4, 8],
  ])('%i heads of %i made by hand find the same word and the word before', async (heads, headSize) => {
    const numbers = await attentionNumbers({ ...settings, heads, headSize });
    const [first, second] = numbers.heads;
    numbers.tokens.forEach((token, row) => {
      const best = Math.max(...first!.weights[row]!);
      numbers.tokens.forEach((other, column) => {
        if (other === token) expect(first!.weights[row]![column]).toBeCloseTo(best, 5);
      });
      if (second !== undefined && row > 0) {
        expect(second.weights[row]!.indexOf(Math.max(...second.weights[row]!))).toBe(row - 1);
      }
    });
  });

  it('gives every token the same row wherever it stands, and cuts long sentences', () => {
    const inputs = attentionInputs({ ...settings, text: `${'one two '.repeat(9)}` });
    expect(inputs.tokens).toHaveLength(MOST_TOKENS);
    expect(inputs.leftOut).toBe(6);
    expect(inputs.embeddings[0]).toEqual(inputs.embeddings[2]);
    expect(inputs.embeddings[0]).not.toEqual(inputs.embeddings[1]);
  });

  it('reads words and marks, and refuses a text without any', async () => {
    expect(wordsOf("Don't stop: 東京 naïve 🙂!")).toEqual(['Don', "'", 't', 'stop', ':', '東京', 'naïve', '🙂', '!']);
    await expect(attentionNumbers({ ...settings, text: '  ' })).rejects.toThrow('Type a word or two');
    await expect(attentionNumbers({ ...settings, text: '', mask: 'padding' })).rejects.toThrow('Type a word or two');
  });
});

describe('what the page says of a number', () => {
  it('is the sum that makes it', async () => {
    const numbers = await attentionNumbers({ ...settings, text: 'a b', mask: 'causal' });
    const stages = attentionStages(numbers, 0);
    expect(stages.map(({ name }) => name)).toEqual(STEPS);
    const lines = stages.flatMap(({ name, tables }) => tables.map((table) => [name, ...table.explain([0, 1])]));
    expect(lines).toMatchInlineSnapshot(`
      [
        [
          "Tokens",
          "feature 1 of “0 a”: −0.68",
        ],
        [
          "Tokens",
          "feature 1 of position 0: 0.00",
        ],
        [
          "Tokens",
          "x of “0 a”, feature 1",
          "−0.68 + 0.00 = −0.68",
        ],
        [
          "Q, K, V",
          "Q of “0 a”, number 1: x · column 1 of W_Q",
          "−2.04 = (−0.68)·3.00",
        ],
        [
          "Q, K, V",
          "K of “0 a”, number 1: x · column 1 of W_K",
          "−2.04 = (−0.68)·3.00",
        ],
        [
          "Q, K, V",
          "V of “0 a”, number 1: x · column 1 of W_V",
          "−0.68 = (−0.68)·1.00",
        ],
        [
          "Scores",
          "“0 a” looks at “1 b”: q · k",
          "4.62 = 1.29·(−1.23) + (−2.04)·(−0.93) + (−1.44)·(−2.46) + 1.02·0.75",
        ],
        [
          "Scaled",
          "“0 a” looks at “1 b”",
          "4.62 · 0.500 = 2.31",
        ],
        [
          "Masked",
          "“0 a” looks at “1 b”",
          "−∞: position 1 comes after position 0",
        ],
        [
          "Weights",
          "“0 a” looks at “1 b”",
          "e^(−∞) / Σ e^score = 0.00 / 87.34 = 0.00",
        ],
        [
          "Output",
          "output of “0 a”, number 1: Σ weight · value over 2 keys",
          "−0.68 = 1.00·(−0.68)",
        ],
        [
          "All heads",
          "“0 a”: number 1 of head 1, −0.68",
        ],
      ]
    `);
  });

  it('has terms that add up, for every cell of every stage', async () => {
    const numbers = await attentionNumbers({
      ...settings,
      weights: 'random',
      heads: 4,
      headSize: 8,
      mask: 'sliding window',
    });
    for (const head of [0, 3]) {
      for (const { tables } of attentionStages(numbers, head)) {
        for (const table of tables) {
          expect(table.values).toHaveLength(table.rows.length);
          table.values.forEach((row, y) => {
            expect(row).toHaveLength(table.columns.length);
            row.forEach((value, x) => checkSum(table.explain([y, x]).at(-1)!, value));
          });
        }
      }
    }
  });
});

/** Computes the terms of a line anew; they were rounded to two digits. */
function checkSum(line: string, value: number): void {
  if (!line.includes(' = ') || line.startsWith('e^')) return;
  const number = (text: string): number => Number(text.replaceAll('−', '-').replaceAll(/[()]/g, ''));
  const [sum, terms] = line.split(' = ').toSorted((a, b) => a.length - b.length);
  expect(number(sum!)).toBeCloseTo(value, 1);
  const products = terms!.split(' + ').map((term) =>
    term
      .split(/ ?· ?/)
      .map(number)
      .reduce((a, b) => a * b),
  );
  const total = products.reduce((a, b) => a + b);
  expect(Math.abs(total - value)).toBeLessThan(0.25);
}
