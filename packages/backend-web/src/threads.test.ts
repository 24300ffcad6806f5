import { expect, it } from 'vitest';
import { resolveOptions } from './options.ts';
import type { Platform } from './platform.ts';
import { decideThreads } from './threads.ts';

const page = (isolated: boolean, processors = 8): Platform => ({
  crossOriginIsolated: isolated,
  navigator: { hardwareConcurrency: processors },
});

function decide(scope: Platform, threads?: number, strict = false): { threads: number; warnings: string[] } {
  const warnings: string[] = [];
  const options = resolveOptions({ threads, strict, onWarning: (message) => warnings.push(message) });
  return { threads: decideThreads(options, scope), warnings };
}

it('takes the processors of a page that is isolated, at most 4, or what was asked for', () => {
  expect(decide(page(true))).toEqual({ threads: 4, warnings: [] });
  expect(decide(page(true, 3))).toEqual({ threads: 3, warnings: [] });
  expect(decide(page(true), 6)).toEqual({ threads: 6, warnings: [] });
  expect(decide({ crossOriginIsolated: true })).toEqual({ threads: 1, warnings: [] });
});

it('takes one thread of two processors, where the page itself needs the other, and two only if asked', () => {
  expect(decide(page(true, 2))).toEqual({ threads: 1, warnings: [] });
  expect(decide(page(true, 2), 2)).toEqual({ threads: 2, warnings: [] });
});

it('takes one thread elsewhere and says why', () => {
  expect(decide(page(false), 1)).toEqual({ threads: 1, warnings: [] });
  expect(decide(page(false)).threads).toBe(1);
  expect(decide(page(false)).warnings).toMatchInlineSnapshot(`
    [
      "webBackend: the page is not cross-origin isolated, so WebAssembly runs on one thread. Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp for more.",
    ]
  `);
  expect(decide(page(false), 3).warnings).toMatchInlineSnapshot(`
    [
      "webBackend: cannot have that many threads. Got threads 3; expected at most 1: the page is not cross-origin isolated, so WebAssembly runs on one thread. Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp for more. It runs with 1.",
    ]
  `);
  expect(() => decide(page(false), 3, true)).toThrow('cannot have that many threads');
});
