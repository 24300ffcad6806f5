import { readFileSync } from 'node:fs';
import {
  bleu,
  brierScore,
  chrf,
  cider,
  cohenKappa,
  errorRate,
  evaluateRanking,
  exactMatch,
  expectedCalibrationError,
  rouge,
  tokenF1,
  wilson,
  type RankingMeasure,
  type RougeType,
} from '@gai/metrics';
import { expect, test } from 'vitest';

/** What sacreBLEU, rouge-score, pycocoevalcap, jiwer, TorchMetrics, scikit-learn, trec_eval and statsmodels said; see make.py. */
const cases = JSON.parse(readFileSync(new URL('fixtures/metrics.json', import.meta.url), 'utf8')) as Cases;

interface Cases {
  bleu: { hypotheses: string[]; references: string[][]; options: Record<string, never>; expected: object }[];
  chrf: { hypotheses: string[]; references: string[][]; options: Record<string, never>; expected: number }[];
  rouge: {
    hypothesis: string;
    references: string[];
    stems: Record<string, string> | null;
    expected: Record<string, object>;
  }[];
  cider: {
    hypotheses: string[];
    references: string[][];
    options: { sigma?: number };
    expected: { score: number; scores: number[] };
  }[];
  error: { hypotheses: string[]; references: string[]; word: number; character: number }[];
  answer: { answer: string; references: string[]; f1: number; exact: number }[];
  kappa: { a: number[]; b: number[]; weights: 'none' | 'linear' | 'quadratic'; expected: number | null }[];
  calibration: {
    confidences: number[];
    correct: boolean[];
    bins: number;
    norm: 'l1' | 'l2' | 'max';
    expected: number;
    brier: number;
  }[];
  ranking: {
    run: Record<string, Record<string, number>>;
    judgments: Record<string, Record<string, number>>;
    level: number;
    expected: Record<string, Record<string, number>>;
  }[];
  wilson: { successes: number; trials: number; confidence: number; low: number; high: number }[];
}

/** `max_ngram_order` as `maxNgramOrder`. */
const named = (options: Record<string, never>): Record<string, never> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replaceAll(/_(.)/g, (_, c: string) => c.toUpperCase()),
      value,
    ]),
  );

/** Every number within 1e-9 of its size. */
function expectNear(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number') {
    expect(actual).toBeTypeOf('number');
    expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
    return;
  }
  for (const [name, value] of Object.entries(expected as object)) {
    expectNear((actual as Record<string, unknown>)[name], value);
  }
}

test.each(cases.bleu)('bleu of sacreBLEU: $options', ({ hypotheses, references, options, expected }) => {
  expectNear(bleu(hypotheses, references, named(options)), expected);
});

test.each(cases.chrf)('chrf of sacreBLEU: $options', ({ hypotheses, references, options, expected }) => {
  expectNear(chrf(hypotheses, references, named(options)), expected);
});

test.each(cases.rouge)('rouge of rouge-score: $hypothesis', ({ hypothesis, references, stems, expected }) => {
  const types = Object.keys(expected) as RougeType[];
  const stem = stems === null ? undefined : (word: string) => stems[word] ?? word;
  expectNear(rouge(hypothesis, references, { types, stem }), expected);
});

test.each(cases.cider)('cider of pycocoevalcap: $options', ({ hypotheses, references, options, expected }) => {
  const tokenize = (text: string): string[] => text.split(/[\s\u{3000}]+/u).filter((word) => word !== '');
  expectNear(cider(hypotheses, references, { ...options, tokenize }), expected);
});

test.each(cases.error)('errorRate of jiwer: $word', ({ hypotheses, references, word, character }) => {
  const words = errorRate(hypotheses, references);
  expectNear(words.rate, word);
  expectNear(errorRate(hypotheses, references, { unit: 'character' }).rate, character);
  const size = references.join(' ').split(' ').length;
  expect(words.hits + words.substitutions + words.deletions).toBe(size);
  expectNear((words.substitutions + words.deletions + words.insertions) / size, word);
});

test.each(cases.answer)('exactMatch and tokenF1 of SQuAD: $answer', ({ answer, references, f1, exact }) => {
  expect(exactMatch(answer, references)).toBe(exact);
  expect(Math.abs(tokenF1(answer, references) - f1)).toBeLessThan(1e-6); // TorchMetrics keeps float32
});

test.each(cases.kappa)('cohenKappa of scikit-learn, weights $weights', ({ a, b, weights, expected }) => {
  expectNear(cohenKappa(a, b, { weights }), expected);
});

test.each(cases.calibration)(
  'calibration, $bins bins, $norm',
  ({ confidences, correct, bins, norm, expected, brier }) => {
    expectNear(expectedCalibrationError(confidences, correct, { bins, norm }), expected);
    expectNear(brierScore(confidences, correct), brier);
  },
);

const TREC: Record<string, string> = { map: 'map', ndcg: 'ndcg', mrr: 'recip_rank', rprec: 'Rprec' };
const CUT: Record<string, string> = {
  ndcg: 'ndcg_cut',
  map: 'map_cut',
  precision: 'P',
  recall: 'recall',
  success: 'success',
};

test.each(cases.ranking)('ranking of trec_eval, level $level', ({ run, judgments, level, expected }) => {
  const cuts = Object.keys(CUT).flatMap((kind) => [1, 3, 10].map((at) => `${kind}@${at}` as RankingMeasure));
  const measures = [...(Object.keys(TREC) as RankingMeasure[]), ...cuts];
  const { byQuery, means } = evaluateRanking(run, judgments, { measures, relevanceLevel: level });
  const trecName = (measure: string): string => {
    const [kind, at] = measure.split('@');
    return at === undefined ? TREC[kind!]! : `${CUT[kind!]!}_${at}`;
  };
  for (const [query, values] of Object.entries(expected)) {
    for (const measure of measures) expectNear(byQuery.get(query)![measure], values[trecName(measure)]);
  }
  const ofMap = Object.values(expected).map((values) => values['map']!);
  expectNear(means['map'], ofMap.reduce((sum, next) => sum + next, 0) / ofMap.length);
});

test.each(cases.wilson)('wilson of statsmodels: $successes of $trials', (given) => {
  const { low, high } = wilson(given.successes, given.trials, { confidence: given.confidence });
  expectNear({ low, high }, { low: given.low, high: given.high });
});
