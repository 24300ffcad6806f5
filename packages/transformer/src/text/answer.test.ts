import { readFileSync } from 'node:fs';
import { Tokenizer } from '@gai/tokenizers';
import { describe, expect, it } from 'vitest';
import { Answer } from './answer.ts';

const fixture = (name: string): Tokenizer =>
  Tokenizer.fromJSON(
    JSON.parse(
      readFileSync(new URL(`../../../tokenizers/test/fixtures/${name}.tokenizer.json`, import.meta.url), 'utf8'),
    ),
  );

const TEXTS = ['The cat sat on the mat, and the dog too.', 'Grüße – naïve 東京 🙂🙂 end', 'a  b   c\n\nd'];

describe.each(['llama2', 't5', 'gpt2', 'bert', 'clip', 'unigram-first'])('an answer of %s', (name) => {
  const tokenizer = fixture(name);

  it.each(TEXTS)('goes on where its prompt ends: %j', (text) => {
    const { ids } = tokenizer.encode(text, { addSpecialTokens: false });
    const whole = tokenizer.decode(ids);
    for (let cut = 1; cut < ids.length; cut += 1) {
      const prompt = tokenizer.decode(ids.slice(0, cut));
      if (!whole.startsWith(prompt)) continue; // In the middle of a character.
      const answer = new Answer(tokenizer, [], ids.slice(0, cut));
      answer.read(ids.slice(cut));
      answer.end();
      answer.take();
      expect(prompt + answer.text, `cut at ${cut}`).toBe(whole);
    }
  });
});

it('begins anew without a prompt, and finds what ends it', () => {
  const tokenizer = fixture('llama2');
  const { ids } = tokenizer.encode('one two three', { addSpecialTokens: false });
  const alone = new Answer(tokenizer, []);
  alone.read(ids);
  alone.end();
  expect(alone.take()).toBe('one two three');
  const behind = new Answer(tokenizer, ['three'], tokenizer.encode('zero').ids);
  behind.read(ids);
  expect([behind.take(), behind.isStopped]).toEqual([' one two ', true]);
});

it.each([15, 16, 17, 40])('keeps the space of its first word behind %i special tokens', (count) => {
  const tokenizer = fixture('llama2');
  const [begin, ...one] = tokenizer.encode('one').ids as [number, ...number[]];
  const { ids } = tokenizer.encode('one two', { addSpecialTokens: false });
  const answer = new Answer(tokenizer, [], [...one, ...Array.from({ length: count }, () => begin)]);
  answer.read(ids.slice(one.length));
  answer.end();
  expect(answer.take()).toBe(' two');
});
