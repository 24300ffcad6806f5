import { expect, test } from 'vitest';
import { checkGenerateOptions } from './check-options.ts';
import { checkPrompt } from './check-prompt.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import type { Prompt } from './messages.ts';
import { scriptedGenerator } from './scripted-generator.ts';
import type { GenerateOptions } from './text-generator.ts';

test.each<[object, string]>([
  [{ max_new_tokens: 3 }, "Did you mean 'maxNewTokens'?"],
  [{ topp: 0.5 }, "Did you mean 'topP'?"],
  [{ numBeams: 3 }, "Got 'numBeams'"],
  [{ topP: 0 }, 'a number above 0, at most 1'],
  [{ topP: 1.5 }, 'Got 1.5'],
  [{ topK: 2.5 }, 'a whole number of at least 1'],
  [{ temperature: -1 }, 'Got -1'],
  [{ temperature: '1' }, 'temperature is out of range'],
  [{ temperature: Infinity }, 'Got Infinity'],
  [{ repetitionPenalty: 0 }, 'above 0'],
  [{ seed: -1 }, 'seed is out of range'],
  [{ stop: [''] }, 'stop holds an empty text'],
  [{ stop: 'END' }, 'stop is no list. Got "END"'],
  [{ tools: [{ name: 'a b', parameters: {} }] }, "'a b'"],
  [
    {
      tools: [
        { name: 'a', parameters: {} },
        { name: 'a', parameters: {} },
      ],
    },
    'two tools of one name',
  ],
  [{ toolChoice: 'auto' }, 'toolChoice without tools'],
  [{ tools: [{ name: 'a', parameters: {} }], toolChoice: { name: 'b' } }, 'toolChoice names no tool'],
])('%o is refused', (options, part) => {
  expect(() => checkGenerateOptions('generate', options as GenerateOptions)).toThrow(part);
});

test('what is undefined counts as left out', () => {
  expect(() => checkGenerateOptions('generate', { topP: undefined, stop: undefined })).not.toThrow();
});

test.each<[unknown, string]>([
  [[], 'there is no prompt'],
  [undefined, 'there is no prompt'],
  [[{ role: 'human', content: 'a' }], 'message 0 has no known role. Got human'],
  [[{ role: 'user' }], 'message 0 has no text'],
  [[{ role: 'tool', toolCallId: 'x', content: 'a' }], "answers a call that was not made. Got 'x'"],
])('the prompt %o is refused', (prompt, part) => {
  expect(() => checkPrompt('generate', prompt as Prompt)).toThrow(part);
});

test('a script that is used up says which call was one too many', async () => {
  const model = scriptedGenerator(['a']);
  await model.generate('x');
  await expect(model.generate('y')).rejects.toThrow('Got call 2; expected at most 1');
});

test('the fake cuts at stop texts, and fails when told to', async () => {
  const model = scriptedGenerator([{ text: 'one END two' }, { error: new Error('down') }]);
  expect((await model.generate('x', { stop: ['END'] })).text).toBe('one ');
  await expect(model.generate('x')).rejects.toThrow('down');
});

test('the hashing embedder makes long vectors, and refuses lengths that fit in no memory', async () => {
  const { vectors } = await hashingEmbedder({ dimensions: 200_000 }).embed(['one two']);
  expect(vectors[0]!.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
  expect(() => hashingEmbedder({ dimensions: 1e15 })).toThrow('from 1 to 16777216');
});
