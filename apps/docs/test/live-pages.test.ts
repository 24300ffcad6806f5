import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runExample } from '../../../packages/tooling/src/example.ts';

const PAGES: Readonly<Record<string, readonly string[]>> = {
  'language/attention': ['Attention, step by step', 'divide by √d', 'Tokens → Q, K, V → Scores'],
  'language/tokenizers': ['Tokenizers, compared', 'your own tokenizer', 'merges 0'],
  'language/inspector': ['Inside a transformer', 'Open a folder', 'attention, residual stream, logit lens, next token'],
  'language/train-gpt': ['Train a language model', 'text to learn from', 'learning rate'],
  'rl/ppo': ['PPO', 'learning rate', 'GAE λ', 'Learn'],
  'rl/q-learning': ['Q-learning', 'episodes a second'],
};

it('pages with live figures render on the server, and compute nothing there', { timeout: 120_000 }, async () => {
  const program = join(import.meta.dirname, 'programs/render-pages.ts');
  const { code, stdout, output } = await runExample(program, Object.keys(PAGES));
  expect(code, output).toBe(0);
  const { pages, modules } = JSON.parse(stdout) as { pages: Record<string, string>; modules: string[] };
  for (const [page, words] of Object.entries(PAGES)) {
    const text = pages[page]!.replaceAll(/<[^>]*>/g, '');
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
  }
  expect(
    modules.filter((id) =>
      /packages\/(backend-web|data|nn|tokenizers|transformer)\/(src|dist)\/|packages\/rl\/src\/deep\//.test(id),
    ),
  ).toEqual([]);
});
