import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { englishAnalyzer } from './analyzer.ts';
import { englishStopWords } from './stop-words.ts';

// Every 29th word of Snowball's vocabulary with what its Porter stemmer makes of it (Copyright Martin Porter, Richard Boulton; BSD).
const vocabulary = readFileSync(new URL('../../test/fixtures/porter.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

it('stems are those of the published algorithm', () => {
  const { terms } = englishAnalyzer();
  for (const line of vocabulary) {
    const [word = '', stem = ''] = line.split(' ');
    if (englishStopWords.includes(word)) continue;
    // Two rules that Porter's own programs have beside the paper: bli → ble and logi → log.
    const expected = /log(?:y|ies)$/u.test(word) ? stem.replace(/logi$/u, 'log') : stem.replace(/bli$/u, 'bl');
    expect([word, terms(word)]).toEqual([word, [expected]]);
  }
  expect(vocabulary.length).toBeGreaterThan(1400);
});

it('leaves out stop words, however the apostrophe is written, and knows possessives', () => {
  const { terms } = englishAnalyzer();
  expect(englishStopWords.flatMap((word) => terms(word))).toEqual([]);
  expect(terms("It isn’t the dog's, DON'T")).toEqual(['dog']);
  expect(terms("O'Reilly")).toEqual(['oreilli']);
});

it('takes identifiers, digits, widths and other scripts apart as people search for them', () => {
  const { terms } = englishAnalyzer();
  expect(terms('foo_bar --no-verify ＡＢＣ ﬁle x86-64')).toEqual(['foo', 'bar', 'verifi', 'abc', 'file', 'x86', '64']);
  expect(terms('東京都 and カ')).toEqual(['東京', '京都', 'カ']);
  expect(terms('naïve cafe\u0301')).toEqual(['naïv', 'café']);
});

it('cuts what is too long for a word', () => {
  const [term] = englishAnalyzer().terms('z'.repeat(100_000));
  expect(term).toHaveLength(64);
});
