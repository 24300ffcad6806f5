import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tryModel } from '@gai/hub/node';
import { expect, test } from 'vitest';
import { findChromium, launch } from '../../backend-web/test/browser/chromium.ts';
import { serve } from '../../backend-web/test/browser/server.ts';
import { viteBuild } from '../../backend-web/test/browser/vite.ts';
import type { Answer } from './page/main.ts';

/** The page computes the scores of 49,152 words in WebAssembly, on a machine that may be busy. */
const TIMEOUT_MS = 900_000;

interface Chat {
  readonly prompt: string;
  readonly greedy_ids: readonly number[];
  readonly greedy_text: string;
}

/** What transformers gave for this file; fixtures/make_real_models.py wrote it. */
const { smollm2: reference } = JSON.parse(
  readFileSync(new URL('fixtures/real-models.json', import.meta.url), 'utf8'),
) as { readonly smollm2: { readonly chat: readonly Chat[] } };

// Both say in capital letters why the test is left out.
const program = findChromium();
const smollm2 = await tryModel('smollm2');

test.skipIf(program === undefined || smollm2 === undefined)(
  'SmolLM2 answers in a page that Vite built, on WebAssembly, as transformers has it',
  { timeout: TIMEOUT_MS },
  async () => {
    const [{ prompt, greedy_ids: ids, greedy_text: marked }] = reference.chat as [Chat];
    await using built = await viteBuild(join(import.meta.dirname, 'page'));
    await using site = await serve(async (path) =>
      path === '/model.gguf'
        ? readFile(join(smollm2!.folder, 'SmolLM2-135M-Instruct.Q4_1.gguf'))
        : built.read(path === '/' ? 'index.html' : path),
    );
    const browser = await launch(program!);
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(TIMEOUT_MS);
      const [elsewhere, errors]: [string[], string[]] = [[], []];
      page.on('request', (request) => void (request.url().startsWith(site.url) || elsewhere.push(request.url())));
      page.on('pageerror', ({ message }) => errors.push(message));
      await page.goto(site.url);
      await page.waitForFunction('globalThis.answer !== undefined');
      const answer = await page.evaluate<Answer>(`answer(${JSON.stringify(prompt)})`);
      const perToken = (answer.all - answer.first) / (ids.length - 1);
      console.log(
        `SmolLM2 in Chromium: “${answer.text}”, the first piece after ${Math.round(answer.first)} ms, then a token in ` +
          `${Math.round(perToken)} ms`,
      );
      expect(answer.ids).toEqual(ids);
      expect(answer.finishReason).toBe('stop');
      expect(answer.text).toBe(marked.replace('<|im_end|>', ''));
      expect(answer.pieces.length).toBeGreaterThan(1);
      expect(answer.pieces.join('')).toBe(answer.text);
      expect({ elsewhere, errors }).toEqual({ elsewhere: [], errors: [] });
    } finally {
      await browser.close();
    }
  },
);
