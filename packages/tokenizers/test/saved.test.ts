import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Tokenizer, TokenizerError, tokenizerFromTiktoken } from '../src/index.ts';
import { SAVED } from './saved.ts';
import { fixture, mulberry32, texts } from './texts.ts';

interface Expected {
  readonly sha256: string;
  readonly single: string;
  readonly pairs: string;
}
const { seed, kinds } = fixture<{ seed: number; kinds: Record<string, Expected> }>('saved.expected.json');

const sum = (value: unknown): string => crc32(JSON.stringify(value)).toString(16).padStart(8, '0');

/** Which of the texts have other ids, and which pairs other ids or types, than Hugging Face's library gives them with the same file. */
function others(tokenizer: Tokenizer, { single, pairs }: Expected): { texts: string[]; pairs: string[] } {
  const all = [...texts(seed)];
  return {
    texts: all.filter((text, index) => sum(tokenizer.encode(text).ids) !== single.slice(index * 8, index * 8 + 8)),
    pairs: all.slice(0, pairs.length / 8).filter((pair, index) => {
      const { ids, typeIds } = tokenizer.encode('a b', { pair });
      return sum([ids, typeIds]) !== pairs.slice(index * 8, index * 8 + 8);
    }),
  };
}

/** What Hugging Face's format has no word for: in which texts that is seen, and what is said about it. */
const NOT_SAID: Readonly<Record<string, readonly [seen: RegExp, message: string]>> = {
  unigram: [/\p{M}|[\u00a0\u3000ﬁ½\u200b①\u00ad\u212bß…]/u, 'longest_match, the way SentencePiece looks up'],
  'unigram with bytes': [/<0x[0-9A-F]{2}>/, 'unmatched, since the text "<0x00>" does not stand for'],
  'pairs of SentencePiece': [
    /\p{M}|[\u00a0\u3000ﬁ½\u200b①\u00ad\u212bß…]/u,
    'longest_match, the way SentencePiece looks up',
  ],
};

describe.each(Object.keys(kinds))('%s, saved as a tokenizer.json', (kind) => {
  it('gives 2,000 texts and pairs of texts the ids and types that tokenizers 0.23.3 gives them', async () => {
    const tokenizer = await SAVED[kind]!();
    const text = JSON.stringify(tokenizer);
    expect(createHash('sha256').update(text).digest('hex'), 'the file is the one that was tried').toBe(
      kinds[kind]!.sha256,
    );
    const read = Tokenizer.fromJSON(text);
    expect(JSON.stringify(read)).toBe(text);
    const [seen, message] = NOT_SAID[kind] ?? [];
    const wrong = others(read, kinds[kind]!);
    if (seen === undefined) {
      expect(wrong).toEqual({ texts: [], pairs: [] });
      const plain = tokenizer.toHuggingFaceJSON();
      for (const field of ['unmatched', 'longest_match']) expect(JSON.stringify(plain)).not.toContain(field);
      expect(others(Tokenizer.fromJSON(plain), kinds[kind]!)).toEqual(wrong);
      return;
    }
    expect(wrong.texts.length).toBeGreaterThan(0);
    expect(wrong.texts.filter((one) => !seen.test(one))).toEqual([]);
    expect(() => tokenizer.toHuggingFaceJSON()).toThrow(message);
    expect(() => tokenizer.toHuggingFaceJSON()).toThrow(TokenizerError);
  });
});

it('merges of one result need no common rank: all pairs in a text that make the same token are equal', () => {
  const random = mulberry32(5);
  const pick = <Item>(items: ArrayLike<Item>): Item => items[Math.floor(random() * items.length)]!;
  for (let round = 0; round < 300; round++) {
    const letters = [...'abc'].slice(0, 1 + Math.floor(random() * 3));
    const tokens = letters.slice();
    while (tokens.length < 12) {
      const next = pick(tokens) + pick(tokens);
      if (!tokens.includes(next)) tokens.push(next);
    }
    tokens.sort(() => random() - 0.5); // in any order, also before what they consist of
    const tokenizer = tokenizerFromTiktoken(tokens.map((token, rank) => `${btoa(token)} ${rank}\n`).join(''), {
      pattern: '.+',
    });
    for (let count = 0; count < 10; count++) {
      const text = Array.from({ length: 3 + Math.floor(random() * 20) }, () => pick(letters)).join('');
      expect(tokenizer.encode(text).tokens).toEqual(mergedByRank(text, tokens));
    }
  }
});

/** Byte pairs as tiktoken has them: of all neighbours that are a token together the lowest rank, from the left. */
function mergedByRank(text: string, tokens: readonly string[]): string[] {
  const parts = [...text];
  // A word that is a token is taken whole.
  if (tokens.includes(text)) return [text];
  for (;;) {
    const ranks = parts.slice(1).map((part, index) => tokens.indexOf(parts[index]! + part));
    const best = Math.min(...ranks.filter((rank) => rank >= 0));
    if (best === Infinity) return parts;
    const at = ranks.indexOf(best);
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
}

it('does not take an added token in the vocabulary for a word', () => {
  const tokenizer = tokenizerFromTiktoken(`${btoa('e')} 0\n${btoa('n')} 1\n${btoa('d')} 2\n`, {
    pattern: '.+',
    specialTokens: { end: 9 },
  });
  const saved = Tokenizer.fromJSON(tokenizer.toJSON());
  expect(saved.encode('end').ids).toEqual([9]);
  expect(saved.encode('end', { splitSpecialTokens: true }).ids).toEqual([0, 1, 2]);
});
