import { describe, expect, it } from 'vitest';
import { ArgumentError } from '@gai/core';
import { loadBrown } from '@gai/data/node';
import { KneserNey } from './kneser-ney.ts';

/** The definition, word for word, over strings: slow, and without the model's tables. `^` stands before a text. */
function byDefinition(texts: readonly string[], order: number): (history: string, next: string) => number {
  const grams = new Map<string, number>();
  for (const text of texts.map((given) => `^${given}`)) {
    for (let end = 1; end <= text.length; end++) {
      for (let start = Math.max(0, end - order); start < end; start++) {
        const gram = text.slice(start, end);
        grams.set(gram, (grams.get(gram) ?? 0) + 1);
      }
    }
  }
  grams.delete('^');
  const alphabet = [...new Set(texts.join(''))];
  const count = (gram: string): number => {
    if (gram.length === order || gram.startsWith('^')) return grams.get(gram) ?? 0;
    return ['^', ...alphabet].filter((first) => grams.has(first + gram)).length;
  };
  const discounts = Array.from({ length: order }, (_, index) => {
    const counts = [...grams.keys()].filter((gram) => gram.length === index + 1).map(count);
    const [one, two, three, four] = [1, 2, 3, 4].map((times) => counts.filter((found) => found === times).length) as [
      number,
      number,
      number,
      number,
    ];
    const y = one / (one + 2 * two);
    const estimates = [1 - (2 * y * two) / one, 2 - (3 * y * three) / two, 3 - (4 * y * four) / three];
    const isFit = estimates.every((value, place) => value > 0 && value <= place + 1);
    return isFit ? estimates : [0.5, 1, 1.5];
  });
  const probability = (history: string, next: string): number => {
    const lower = history === '' ? 1 / (alphabet.length + 1) : probability(history.slice(1), next);
    const followers = alphabet.map((character) => count(history + character));
    const total = followers.reduce((sum, found) => sum + found, 0);
    if (total === 0) return lower;
    const off = (found: number): number => (found === 0 ? 0 : discounts[history.length]![Math.min(found, 3) - 1]!);
    const own = count(history + next);
    const freed = followers.reduce((sum, found) => sum + off(found), 0);
    return (own - off(own)) / total + (freed / total) * lower;
  };
  return (history, next) => probability(`^${history}`.slice(Math.max(0, history.length + 2 - order)), next);
}

const TEXTS = [
  'the cat sat on the mat and the rat sat on the cat',
  'a dog that the cat saw ran to the mat',
  'then the dog and the rat ran as the cat sat',
  '',
  'aaaaab',
];

describe('KneserNey', () => {
  it.each([1, 2, 3, 4, 6])('gives each character the probability of the definition, order %i', (order) => {
    const model = KneserNey.train(TEXTS, { order });
    const expected = byDefinition(TEXTS, order);
    for (const text of ['the cat sat', 'matted dogs', 'aaaaaa', 'bbb', 'xthe cat']) {
      let nats = 0;
      [...text].forEach(
        (next, at) => (nats -= Math.log(expected(text.slice(0, at).replace(/x/g, '?'), next === 'x' ? '?' : next))),
      );
      const score = model.score(text);
      expect(score.nats).toBeCloseTo(nats, 9);
      expect(score.characters).toBe(text.length);
    }
  });

  it.each([1, 3, 5])('the probabilities of all next characters sum to one, order %i', (order) => {
    const model = KneserNey.train(TEXTS, { order });
    const alphabet = [...new Set(TEXTS.join('')), '?'];
    for (const history of ['', 't', 'the c', 'zzz', 'aaaaab']) {
      const before = history === '' ? 0 : model.score(history).nats;
      const sum = alphabet.reduce((total, next) => total + Math.exp(before - model.score(history + next).nats), 0);
      expect(sum).toBeCloseTo(1, 9);
    }
  });

  it('counts code points, and takes contexts within one text only', () => {
    const model = KneserNey.train(['🙂🙃', '🙂🙃'], { order: 2 });
    expect(model.characters).toBe(2);
    expect(model.score('🙂🙃').characters).toBe(2);
    const joined = KneserNey.train(['ab', 'cd'], { order: 2 });
    expect(joined.score('bc').nats).toBeGreaterThan(KneserNey.train(['abcd'], { order: 2 }).score('bc').nats);
  });

  it('refuses what is no order, and nothing', () => {
    for (const order of [0, 17, 1.5, NaN]) expect(() => KneserNey.train(TEXTS, { order })).toThrow(ArgumentError);
    expect(() => KneserNey.train(['', ''])).toThrow('there is nothing to count');
    expect(() => KneserNey.train(TEXTS, { Order: 3 } as object)).toThrow("Did you mean 'order'?");
  });

  it('takes a string as one text, and foresees an empty one', () => {
    const [whole, listed] = ['the cat sat', ['the cat sat']].map((texts) => KneserNey.train(texts, { order: 3 }));
    expect(whole!.score('the cat')).toEqual(listed!.score('the cat'));
    expect(whole!.score('')).toEqual({ nats: 0, characters: 0, natsPerCharacter: 0 });
  });

  it('foresees the Brown corpus as measured elsewhere: 2.030 and 1.444 nats per character', async () => {
    const { train, test } = await loadBrown();
    const natsOf = (order: number): number => {
      const model = KneserNey.train(
        train.map(({ text }) => text),
        { order },
      );
      const scores = test.map(({ text }) => model.score(text));
      const sum = (key: 'nats' | 'characters'): number => scores.reduce((total, score) => total + score[key], 0);
      return sum('nats') / sum('characters');
    };
    expect(Math.abs(natsOf(3) - 2.03)).toBeLessThan(0.02);
    expect(Math.abs(natsOf(5) - 1.444)).toBeLessThan(0.02);
  });
});
