/**
 * Teaches: how to give the interface to a model of your own, and how to hold it to the contract. Here the model is a
 * bigram table of a few lines, counted from a text; a program that takes a `TextGenerator` cannot tell.
 * Expected: 7 of 7 tests of the contract pass. Runs in a second; needs no weights and no network.
 */
import { checkGenerateOptions, checkPrompt, textStream } from '../src/index.ts';
import type { GenerateOptions, Generation, Prompt, TextGenerator } from '../src/index.ts';
import { textGeneratorContract } from '../src/testing/index.ts';

const TEXT = 'the cat sat on the mat and the dog sat on the cat and then the dog ran';

/** Which words follow which, in the order they were seen. */
function countBigrams(text: string): Map<string, string[]> {
  const words = text.split(' ');
  const followers = new Map<string, string[]>();
  words.slice(0, -1).forEach((word, index) => followers.set(word, [...(followers.get(word) ?? []), words[index + 1]!]));
  return followers;
}

function bigramGenerator(text: string): TextGenerator {
  const followers = countBigrams(text);
  async function* write(prompt: Prompt, options: GenerateOptions): AsyncGenerator<string, Generation> {
    checkPrompt('generate', prompt);
    checkGenerateOptions('generate', options);
    const { maxNewTokens = 20, seed = 0, signal } = options;
    let word = 'the';
    let whole = '';
    let outputTokens = 0;
    for (; outputTokens < maxNewTokens; outputTokens++) {
      signal?.throwIfAborted();
      const next = followers.get(word);
      if (next === undefined) break;
      word = next[(seed + outputTokens) % next.length]!;
      whole += `${word} `;
      yield `${word} `;
    }
    const finishReason = outputTokens < maxNewTokens ? 'stop' : 'length';
    return { text: whole, finishReason, toolCalls: [], usage: { inputTokens: undefined, outputTokens } };
  }
  return {
    model: 'bigrams',
    generate: (prompt, options = {}) => textStream(write(prompt, options)).result(),
    stream: (prompt, options = {}) => textStream(write(prompt, options)),
  };
}

const model = bigramGenerator(TEXT);
console.log((await model.generate('the', { maxNewTokens: 12, seed: 1 })).text);

const tests: [string, () => Promise<void>][] = [];
textGeneratorContract({ test: (name, run) => tests.push([name, run]), make: () => model });
for (const [name, run] of tests) {
  await run();
  console.log(`passes: ${name}`);
}
console.log(`${tests.length} of ${tests.length} tests of the contract pass`);
