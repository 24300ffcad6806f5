import { availableParallelism } from 'node:os';
import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { full } from '../../backend-node/test/few-samples.ts';
import { findChromium } from './browser/chromium.ts';
import { downloadOf, judgeDigits, largest } from './browser/exported.ts';
import { openSite, result } from './browser/site.ts';
import type { TestSite } from './browser/site.ts';
import { viteServe } from './browser/vite.ts';
import { losses, randomBits } from './programs/losses.ts';
import type { tests as pageTests } from './programs/page.ts';

const program = findChromium();
/** A page compiles 15 to 27 MB of WebAssembly, on a machine that may be busy. */
const TIMEOUT_MS = 240_000;

/** The functions of `programs/page.ts`: the callbacks that use them run in the page. */
declare const tests: typeof pageTests;

/** Threads of a page that asks for no number: none beside its own on two processors. */
const THREADS = availableParallelism() <= 2 ? 1 : Math.min(4, availableParallelism());

/** How long the page learns the digits; three epochs take most of a minute. */
const DIGITS = full ? { epochs: 3, accuracy: 0.97 } : { epochs: 1, accuracy: 0.9 };

/** What every training uses; a GPU made of software takes its time for each shader. */
const GPU_OPS = ['add', 'softmax', 'gather', 'matmul', 'exp', 'relu', 'sum', 'transpose', 'concat'].slice(
  0,
  full ? 9 : 4,
);

describe.skipIf(program === undefined)('in Chromium', { timeout: TIMEOUT_MS }, () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await openSite(program!);
  }, TIMEOUT_MS);
  afterAll(() => site?.[Symbol.asyncDispose]());

  /** Runs something in the page of the tests. */
  async function inPage<T>(path: string, work: (page: Page) => Promise<T>): Promise<T> {
    await using visited = await site.visit(path);
    await visited.page.waitForFunction('globalThis.tests !== undefined');
    const done = await work(visited.page);
    expect(visited.errors).toEqual([]);
    return done;
  }

  it(`trains the digits to ${100 * DIGITS.accuracy} %, and its ONNX file says the same in Node`, async () => {
    await using visited = await site.visit(`/digits/?device=wasm&epochs=${DIGITS.epochs}`);
    const seen = (await result(visited)) as { accuracy: number; logits: number[][]; files: string[]; device: string };
    expect(seen.device).toBe('wasm');
    expect(seen.accuracy).toBeGreaterThanOrEqual(DIGITS.accuracy);
    expect(seen.files).toContain('last.safetensors');
    const { logits, accuracy } = await judgeDigits(await downloadOf(visited.page));
    expect(accuracy).toBeCloseTo(seen.accuracy, 6);
    expect(seen.logits).toHaveLength(32);
    seen.logits.forEach((row, index) => {
      expect(largest(row)).toBe(largest(logits[index]!));
      row.forEach((value, at) => expect(value).toBeCloseTo(logits[index]![at]!, 3));
    });
  });

  it('passes the suite of backends on WebAssembly with threads', async () => {
    const seen = await inPage('/', (page) =>
      page.evaluate(
        async (every) => {
          const opened = await tests.open({ device: 'wasm', threads: 2, strict: true });
          const names = tests.opNames(every);
          const problems = await tests.conformance(names);
          return { opened, many: names.length > 15, half: await tests.half(), problems };
        },
        full ? 6 : 12,
      ),
    );
    expect(seen).toEqual({
      opened: { provider: 'wasm', threads: 2, warnings: [] },
      many: true,
      half: [3, -4],
      problems: {},
    });
  });

  it('makes the random numbers of Node, bit for bit, and the losses of a training within 1e-4', async () => {
    const seen: Record<string, { bits: number[]; losses: number[] }> = {};
    for (const device of ['wasm', 'webgpu'] as const) {
      const steps = device === 'wasm' ? 20 : 5;
      seen[device] = await inPage('/', (page) =>
        page.evaluate(
          async ([device, steps]) => {
            await tests.open({ device });
            return { bits: await tests.randomBits(), losses: await tests.losses(steps) };
          },
          [device, steps] as const,
        ),
      );
    }
    await using node = await nodeBackend({ device: 'cpu' });
    setDefaultBackend(node);
    const bits = await randomBits();
    expect(new Set(bits).size).toBeGreaterThan(90);
    for (const { bits: others } of Object.values(seen)) expect(others).toEqual(bits);
    const expected = await losses(20);
    expect(expected.at(-1)).toBeLessThan(0.8 * expected[0]!);
    for (const { losses } of Object.values(seen)) {
      losses.forEach((loss, index) => expect(Math.abs(loss - expected[index]!)).toBeLessThan(1e-4));
    }
  });

  it('runs on WebGPU, with state that stays on the device when sessions go', async () => {
    const seen = await inPage('/', (page) =>
      page.evaluate(async (ops) => {
        const opened = await tests.open({ device: 'webgpu', maxSessions: 2 });
        const float64 = await tests.float64Failure();
        return { opened, descended: await tests.descend(), float64, problems: await tests.conformance(ops, 2) };
      }, GPU_OPS),
    );
    expect(seen).toEqual({
      opened: { provider: 'webgpu', threads: THREADS, warnings: [] },
      descended: [3, 3, 3],
      float64: expect.stringMatching(/^DTypeError mul: not supported on webgpu for float64\./),
      problems: {},
    });
  });

  it('tells what the lines of a step take', async () => {
    const profiled = (device: 'wasm' | 'webgpu'): Promise<unknown> =>
      inPage('/', (page) =>
        page.evaluate(async (wanted) => {
          await tests.open({ device: wanted });
          return tests.profiled();
        }, device),
      );
    const expected = {
      ops: expect.arrayContaining(['square', 'sub', 'sum', '∂mul']),
      withLines: true,
      took: true,
    };
    expect(await profiled('wasm')).toEqual(expected);
    expect(await profiled('webgpu')).toEqual(expected);
  });

  it('replaces a lost GPU once', async () => {
    const seen = await inPage('/', (page) => page.evaluate(() => tests.loseGpu()));
    expect(seen).toMatchInlineSnapshot(`
      {
        "after": [
          2,
          4,
        ],
        "before": [
          2,
          4,
        ],
        "devices": 2,
        "lost": "BackendError read: the tensor went with the GPU. Got a float32 tensor of shape [2] of a device that was lost (Device was destroyed); expected one of the device in use. Load the last checkpoint and go on from there.",
        "lostInput": "BackendError run: the tensor went with the GPU. Got a float32 tensor of shape [2] of a device that was lost (Device was destroyed); expected one of the device in use. Load the last checkpoint and go on from there.",
        "second": "BackendError run: the GPU is gone. Got 'Device was destroyed' after a device had been replaced already; expected a GPU that stays. Make a new webBackend(), with device 'wasm' if this goes on.",
        "warnings": [
          "webBackend: the GPU was lost (Device was destroyed). Tensors on it are gone; the next run gets a new device.",
          "webBackend: the GPU was lost (Device was destroyed). Tensors on it are gone; it was the second one, so this is the end.",
        ],
      }
    `);
  });

  it('does with less than was asked for, and says so; strict throws', async () => {
    const seen = await inPage('/shared/', (page) =>
      page.evaluate(async () => ({
        auto: await tests.open({}),
        strict: await tests.failure({ device: 'wasm', threads: 2, strict: true }),
      })),
    );
    expect(seen).toMatchInlineSnapshot(`
      {
        "auto": {
          "provider": "wasm",
          "threads": 1,
          "warnings": [
            "webBackend: WebGPU does not work here. Got 'the only GPU is software, which is slower than WebAssembly'; expected a small graph to run on it. It runs as WebAssembly.",
            "webBackend: the page is not cross-origin isolated, so WebAssembly runs on one thread. Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp for more.",
          ],
        },
        "strict": {
          "message": "webBackend: cannot have that many threads. Got threads 2; expected at most 1: the page is not cross-origin isolated, so WebAssembly runs on one thread. Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp for more.",
          "name": "BackendError",
        },
      }
    `);
  });

  it('names the WebAssembly files that are missing, and starts once they are there', async () => {
    const seen = await inPage('/', (page) =>
      page.evaluate(async () => ({
        missing: await tests.failure({ device: 'wasm', wasmPaths: 'nowhere' }),
        app: await tests.failure({ device: 'webgpu', wasmPaths: '/spa/' }),
        later: (await tests.open({ device: 'wasm', wasmPaths: '/ort' })).provider,
      })),
    );
    expect(seen.missing.name).toBe('BackendError');
    expect(seen.missing.message).toMatch(
      /^webBackend: the WebAssembly files .* Got HTTP status 404 for ort-wasm-simd-threaded\.mjs; expected .*\/nowhere\//,
    );
    expect(seen.app.message).toContain('Got a page (text/html) for ort-wasm-simd-threaded.asyncify.mjs;');
    expect(seen.later).toBe('wasm');
  });

  it('keeps files in the private file system of the origin', async () => {
    expect(await inPage('/', (page) => page.evaluate(() => tests.storage()))).toMatchInlineSnapshot(`
      {
        "errors": [
          "the producer failed",
          "the producer failed",
          "read: the range lies outside the file 'a/b/first.bin'. Got 3 bytes from 2; expected a range within its 4 bytes. The file may be cut off: fetch or write it again.",
          "read: there is no such file at 'a/none.bin' (NotFoundError). Check the path.",
          "writeAtomic: a file is where a folder should be, or the reverse at 'a/b/first.bin/x' (TypeMismatchError). Check the path.",
          "read: the path contains '..'. Got '../secret'; expected names of folders and a file, such as 'runs/model.onnx'. Write the path out.",
          "size: the path names no file. Got ''; expected names of folders and a file, such as 'runs/model.onnx'. Write the path out.",
        ],
        "left": [
          "second.bin",
        ],
        "names": [
          "first.bin",
          "second.bin",
        ],
        "none": [],
        "part": [
          8,
          7,
        ],
        "size": 4,
        "sizes": [
          undefined,
          undefined,
        ],
        "whole": [
          9,
          8,
          7,
          6,
        ],
      }
    `);
  });

  it('runs in a Web Worker', async () => {
    const seen = (await site.resultOf('/worker/')) as { opened: unknown; descend: unknown; losses: number[] };
    expect(seen).toMatchObject({ opened: { provider: 'wasm', threads: THREADS, warnings: [] }, descend: [3, 3, 3] });
    expect(seen.losses).toHaveLength(3);
  });

  it('runs in a plain page, without a bundler', async () => {
    expect(await site.resultOf('/plain/')).toEqual([2, 4, 6]);
  });

  it('runs as Vite builds it, and from its development server', async () => {
    const expected = { slope: [2, 4, 6], threads: THREADS, warnings: [] };
    expect(await site.resultOf('/vite/')).toEqual(expected);
    await using server = await viteServe();
    expect(await site.resultOf(server.url)).toEqual(expected);
  });
});
