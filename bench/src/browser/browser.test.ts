import { expect, test } from 'vitest';
import { mlp } from '../models/mlp.ts';
import { parseTrain } from '../train-options.ts';
import { runInChromium } from './chromium.ts';
import { openSite } from './site.ts';

test('the site has the page, the program for it without Node, and the WebAssembly files', async () => {
  const site = await openSite();
  try {
    const get = (path: string): Promise<Response> => fetch(`${site.url}${path}`);
    const program = await (await get('/page.js')).text();
    expect(program).toContain('timeInPage');
    expect(program).not.toMatch(/onnxruntime-node|from ?["']node:/);
    expect((await get('/threads')).headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect((await get('/single')).headers.get('cross-origin-embedder-policy')).toBeNull();
    for (const file of ['/ort/ort-wasm-simd-threaded.wasm', '/tfjs/tfjs-backend-wasm-threaded-simd.wasm']) {
      const { status, headers } = await get(file);
      expect([file, status, headers.get('content-type')]).toEqual([file, 200, 'application/wasm']);
    }
    expect((await get('/ort/none.wasm')).status).toBe(404);
  } finally {
    site.close();
  }
});

test('our wasm backend and jax-js train the same MLP in Chromium, where there is one', async () => {
  const settings = parseTrain([
    '--browser',
    '--models',
    'mlp',
    '--contenders',
    'jax-js',
    '--threads',
    '1',
    '--rounds',
    '1',
  ]);
  const rows = await runInChromium(settings);
  const found = rows.map(({ runtime, model, contender, threads, peerThreads }) => [
    `${runtime} ${model} ${contender}`,
    threads,
    peerThreads,
  ]);
  // Without a Chromium the reason is on standard error.
  const expected = [
    [`chromium ${mlp.name} gai`, 1, 1],
    [`chromium ${mlp.name} jax-js`, 1, 1],
  ];
  expect(found).toEqual(rows.length === 0 ? [] : expected);
});
