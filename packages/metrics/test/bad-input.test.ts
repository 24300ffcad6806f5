import {
  bleu,
  brierScore,
  chrf,
  cider,
  cohenKappa,
  distinct,
  errorRate,
  evaluateRanking,
  exactMatch,
  expectedCalibrationError,
  ndcg,
  parseQrels,
  parseRun,
  precision,
  recall,
  reliability,
  rouge,
  tokenF1,
  wilson,
} from '@gai/metrics';
import { GaiError } from '@gai/core/errors';
import { expect, test } from 'vitest';

/** What a program without types, or a file, may give. */
const any = (value: unknown): never => value as never;

test.each<[() => unknown, string]>([
  [() => bleu(['a'], []), 'bleu: 1 hypotheses do not fit. Got a list of 0; expected 1 references.'],
  [() => bleu([], []), 'there is no text'],
  [
    () => rouge('a', ['a'], { tokenize: any(() => 'a b') }),
    "rouge: tokenize gives no list of words. Got 'a b'; expected texts in",
  ],
  [
    () => rouge('a', ['a'], { tokenize: any(() => undefined), stem: (word) => word }),
    'rouge: tokenize gives no list of words',
  ],
  [() => cider(['a'], ['a'], { tokenize: any(() => [1]) }), 'cider: tokenize gives no list of words'],
  [() => bleu(any('a'), ['a']), "hypotheses is no list. Got 'a'; expected a list of strings."],
  [() => bleu(['a'], any('a')), "references is no list. Got 'a'"],
  [() => bleu(['a'], [[]]), 'references[0] is empty'],
  [() => bleu(['a', any(null)], ['a', 'b']), 'hypotheses[1] is no text. Got null'],
  [() => bleu(['a'], [['a', any(3)]]), 'references[0][1] is no text. Got 3'],
  [() => bleu(['a'], ['a'], { tokenize: any('spacy') }), "no such tokenizer. Got 'spacy'; expected 13a, intl"],
  [() => bleu(['a'], ['a'], { tokenize: any('toString') }), 'no such tokenizer'],
  [() => bleu(['a'], ['a'], any({ smooth_method: 'exp' })), "Got 'smooth_method'"],
  [() => bleu(['a'], ['a'], { smoothMethod: any('add') }), 'no such smoothMethod'],
  [() => bleu(['a'], ['a'], { smoothValue: 1 }), "smoothMethod 'exp' takes no smoothValue"],
  [() => bleu(['a'], ['a'], { maxNgramOrder: 0 }), 'maxNgramOrder does not fit. Got 0'],
  [() => chrf(['a'], ['a'], { beta: 0 }), 'beta does not fit. Got 0; expected a finite number above 0.'],
  [() => chrf(['a'], ['a'], { charOrder: 1.5 }), 'charOrder does not fit. Got 1.5; expected a whole number'],
  [() => chrf(['a'], ['a'], any({ char_order: 6 })), "Got 'char_order'"],
  [() => rouge('a', 'a', { types: any(['rouge0']) }), "no such type. Got 'rouge0'"],
  [() => rouge(any(3), 'a'), 'hypothesis is no text. Got 3'],
  [() => rouge('a', 'a', { types: any('rougeL') }), "types is no list. Got 'rougeL'"],
  [() => rouge('a', 'a', { stem: any('porter') }), "stem does not fit. Got 'porter'; expected a function."],
  [() => rouge('a', 'a', { tokenize: any(true) }), 'tokenize does not fit. Got true; expected a function.'],
  [() => cider(['a'], ['a'], { tokenize: any('13a') }), "tokenize does not fit. Got '13a'; expected a function."],
  [() => rouge('a', []), 'references is empty'],
  [() => rouge('a', 'a', any({ useStemmer: true })), "Got 'useStemmer'"],
  [() => cider(['a'], ['a'], { sigma: Number.NaN }), 'sigma does not fit. Got NaN'],
  [() => errorRate(['a'], []), '1 hypotheses do not fit. Got a list of 0'],
  [() => errorRate(['a'], ['']), 'the references have no word'],
  [() => errorRate(['a'], ['a'], { unit: any('words') }), "no such unit. Got 'words'"],
  [() => exactMatch(any(1889), '1889'), 'answer is no text. Got 1889'],
  [() => tokenF1('a', any(undefined)), 'references is no list. Got undefined'],
  [() => distinct(['a'], 0), 'order does not fit. Got 0'],
  [() => cohenKappa([1, 2], [1]), 'the labels do not fit'],
  [() => cohenKappa([1, 1], [1, 1]), 'there is one label only. Got 1'],
  [() => cohenKappa(['a', 'b'], ['a', 'a'], { weights: 'linear' }), "weights 'linear' need labels in an order"],
  [() => cohenKappa([1, Number.NaN], [1, 2]), 'a label is no number. Got NaN'],
  [() => wilson(5, 4), 'successes does not fit. Got 5; expected a whole number of at least 0, at most 4.'],
  [() => wilson(0, 0), 'trials does not fit. Got 0'],
  [() => wilson(any(undefined), 4), 'successes does not fit. Got NaN'],
  [() => wilson(1, 4, { confidence: 1 }), 'confidence does not fit. Got 1'],
  [() => reliability([1.2], [true]), 'row 0 is no probability. Got 1.2; expected a number from 0 to 1.'],
  [() => reliability([0.2, Number.NaN], [true, true]), 'row 1 is no probability'],
  [() => brierScore([0.2], []), '1 probabilities do not fit the outcomes. Got a list of 0'],
  [() => brierScore([0.2], any([1])), 'row 0 is no outcome. Got 1'],
  [() => expectedCalibrationError([0.2], [true], { norm: any('l3') }), 'no such norm'],
  [() => ndcg(['d1', 'd1'], { d1: 1 }), "a document stands twice in the ranking. Got 'd1'"],
  [() => ndcg(any([1]), { d1: 1 }), 'ranking[0] is no document. Got 1'],
  [() => ndcg({ d1: any('1') }, { d1: 1 }), "ranking of 'd1' is no number. Got '1'"],
  [() => ndcg(['d1'], { d1: Infinity }), "judgments of 'd1' is no number. Got Infinity"],
  [() => ndcg(['d1'], new Map([[any(1), 1]])), 'judgments name no document. Got 1; expected its name, a string.'],
  [() => ndcg(['d1'], any(null)), 'no judgments. Got null; expected a level for each document.'],
  [() => ndcg(any('d1'), { d1: 1 }), "no ranking. Got 'd1'; expected a list of documents, or a score for each."],
  [() => evaluateRanking({ q: any(null) }, { q: { d: 1 } }), 'no ranking. Got null'],
  [() => precision(['d1'], { d1: 1 }, { at: 0 }), 'at does not fit. Got 0'],
  [() => recall(['d1'], { d1: 1 }, any({ k: 10 })), "Got 'k'"],
  [() => evaluateRanking({ q: ['d'] }, { q: { d: 1 } }, { measures: any(['nDCG@10']) }), "did you mean 'ndcg'?"],
  [
    () => evaluateRanking({ q: ['d'] }, { q: { d: 1 } }, { measures: any(['ndcg@0']) }),
    "no such measure. Got 'ndcg@0'",
  ],
  [
    () => evaluateRanking({ q: ['d'] }, { q: { d: 1 } }, { measures: any(['rprec@3']) }),
    "no such measure. Got 'rprec@3'",
  ],
  [() => evaluateRanking({ q: ['d'] }, { q: { d: 1 } }, { measures: [] }), 'there are no measures'],
  [() => evaluateRanking({ q: ['d'] }, { p: { d: 1 } }, { missing: 'skip' }), 'no query is judged'],
  [() => evaluateRanking({ q1: ['d'] }, { '1': { d: 1 } }), 'no query is judged'],
  [() => parseQrels('q1 0 d1'), "line 1 has 3 fields. Got 'q1 0 d1'; expected query iteration document level."],
  [() => parseQrels('q1 0 d1 1\n\nq1 0 d1 0'), 'line 3 names a document for the second time'],
  [() => parseQrels('q1 0 d1 high'), 'line 1 has no number where one belongs'],
  [() => parseRun('q1 Q0 d1 1 NaN bm25'), 'line 1 has no number where one belongs'],
])('%s', (call, message) => {
  expect(call).toThrow(message);
  expect(call).toThrow(expect.toSatisfy((error: unknown) => GaiError.isInstance(error)) as Error);
});

test('files of any names are read: __proto__ is a query and a document like others', () => {
  const judged = parseQrels('__proto__ 0 __proto__ 1\r\nq2\t0\td2\t2\n');
  const run = parseRun('__proto__ Q0 __proto__ 1 3.5 x\n__proto__ Q0 constructor 2 3 x');
  const { means, byQuery } = evaluateRanking(run, judged, { measures: ['mrr'] });
  expect(byQuery.get('__proto__')).toEqual({ mrr: 1 });
  expect(means['mrr']).toBe(0.5); // q2 was not asked and counts 0
  expect(evaluateRanking(run, judged, { measures: ['mrr'], missing: 'skip' }).means['mrr']).toBe(1);
});

test('a mark of the byte order before the first line belongs to no name', () => {
  expect([...parseQrels('\uFEFFq1 0 d1 1').keys()]).toEqual(['q1']);
});

test('an option that is undefined is its default', () => {
  const undefineds = { charOrder: undefined, wordOrder: undefined, beta: undefined, whitespace: undefined };
  expect(chrf(['a cat sat'], ['the cat sat'], undefineds)).toBe(chrf(['a cat sat'], ['the cat sat']));
});

test('a difference in length counts in CIDEr of single words too', () => {
  const of = (caption: string): number => cider([caption, 'x'], ['a cat of', 'x of'], { maxNgramOrder: 1 }).scores[0]!;
  expect(of('a cat of')).toBeCloseTo(10, 12);
  expect(of('a cat of of of of of of')).toBeCloseTo(10 * Math.exp(-25 / 72), 12);
});

test('white space at the ends of a text is no error of characters', () => {
  expect(errorRate(['cat\n'], ['\u3000cat'], { unit: 'character' }).rate).toBe(0);
});

test('articles go from beside any punctuation, as SQuAD takes them out', () => {
  expect(exactMatch('“The Beatles”', '“ Beatles”')).toBe(1);
  expect(exactMatch('théâtre a—b', 'théâtre —b')).toBe(1);
  expect(tokenF1('anthem', 'them')).toBe(0);
});

test('text of a million signs is read in time that grows with its length', () => {
  const long = `${' '.repeat(500_000)}${'a'.repeat(500_000)}${' '.repeat(500_000)}`;
  const dots = (text: string): string => `a${'.'.repeat(text.length)}a`;
  const of = (text: string): number => {
    const before = process.cpuUsage();
    bleu([text], [text]);
    exactMatch(text, text);
    cider([text, dots(text)], [text, text]);
    rouge(text, text, { types: ['rouge1'] });
    return process.cpuUsage(before).user + 1000;
  };
  of(long.slice(0, 1000));
  expect(of(long) / of(long.slice(375_000, 1_125_000))).toBeLessThan(8);
});

test('nothing to say is 0, and saying nothing where nothing is right is 1', () => {
  expect(bleu([''], ['a']).score).toBe(0);
  expect(chrf([''], ['a'])).toBe(0);
  expect(rouge('', 'a').rouge1.fmeasure).toBe(0);
  expect(tokenF1('', '')).toBe(1);
  expect(tokenF1('the', '')).toBe(1);
  expect(tokenF1('', 'a cat')).toBe(0);
  expect(distinct(['a'], 2)).toBe(0);
  expect(ndcg([], { d1: 1 })).toBe(0);
  expect(ndcg(['d1'], {})).toBe(0);
  expect(precision([], { d1: 1 })).toBe(0);
});
