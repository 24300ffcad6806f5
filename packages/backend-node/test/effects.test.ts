import {
  Variable,
  add,
  checkFinite,
  debugPrint,
  div,
  grad,
  item,
  jit,
  log,
  mul,
  setDefaultBackend,
  setDebug,
  sub,
  sum,
  tensor,
  toArray,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { rejection } from './backends.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
});
afterEach(() => setDebug(false));
afterAll(() => backend.dispose());

/** Collects what is printed. */
function printer(): { lines: string[]; options: { print: (line: string) => void } } {
  const lines: string[] = [];
  return { lines, options: { print: (line) => void lines.push(line) } };
}

describe('debugPrint in a compiled function', () => {
  it('prints at every run, in the order of the program, also what nothing uses', async () => {
    const { lines, options } = printer();
    const f = jit((x: Tensor) => {
      const y = mul(debugPrint(x, 'x', options), 2);
      debugPrint(add(y, 1), 'unused', options);
      return debugPrint(sum(y), 'sum', options);
    });
    expect(await item(await f(tensor([1, 2])))).toBe(6);
    await f(tensor([3, 4]));
    expect(lines).toEqual([
      'x: float32[2] [1, 2]',
      'unused: float32[2] [3, 5]',
      'sum: float32[] [6]',
      'x: float32[2] [3, 4]',
      'unused: float32[2] [7, 9]',
      'sum: float32[] [14]',
    ]);
  });

  it('shortens long tensors and long numbers, and names dtypes', async () => {
    const { lines, options } = printer();
    const f = jit((x: Tensor, y: Tensor) => [debugPrint(x, 'x', options), debugPrint(y, 'y', options)]);
    await f(tensor(Float32Array.from({ length: 100 }, (_, index) => index / 3)), tensor([true, false]));
    expect(lines).toMatchInlineSnapshot(`
      [
        "x: float32[100] [0, 0.333333, 0.666667, 1, 1.33333, 1.66667, 2, 2.33333, …]",
        "y: bool[2] [1, 0]",
      ]
    `);
  });

  it('lets gradients through', async () => {
    const { lines, options } = printer();
    const slope = jit(grad((x: Tensor) => mul(debugPrint(mul(x, x), 'square', options), 3)));
    expect(await item(await slope(tensor(2)))).toBe(12);
    expect(lines).toEqual(['square: float32[] [4]']);
  });

  it('goes to standard error if nothing is said', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await (
      await jit((x: Tensor) => debugPrint(x, 'x'))
    )(tensor(1));
    expect(print).toHaveBeenCalledExactlyOnceWith('x: float32[] [1]');
    print.mockRestore();
  });
});

describe('checkFinite', () => {
  it('hands finite values on', async () => {
    expect(await toArray(await jit((x: Tensor) => mul(checkFinite(x, 'x'), 2))(tensor([1, -2])))).toEqual([2, -4]);
    expect(await toArray(checkFinite(tensor([1, 2], { dtype: 'int32' }), 'ints'))).toEqual([1, 2]);
  });

  it('fails the run with count, place and line, and leaves variables as they were', async () => {
    const w = new Variable(tensor([2, 1]), 'w');
    const step = jit(function step(x: Tensor) {
      w.assign(sub(w, x));
      return checkFinite(log(w), 'log w');
    });
    await step(tensor(0));
    const error = await rejection(step(tensor(1.5)));
    expect(
      error.message.replace(/made at [^\n]*?(effects\.test\.ts):[\d:]+\)?/, 'made at $1:LINE'),
    ).toMatchInlineSnapshot(
      `"checkFinite: 'log w' is not finite. Got 1 of 2 elements NaN or infinite (the first, NaN, at 1); expected none. It was made at effects.test.ts:LINE. Nothing was updated."`,
    );
    expect(error).toMatchObject({ name: 'GraphError', details: { label: 'log w', count: 1, index: 1 } });
    expect(await toArray(w)).toEqual([2, 1]);
    expect(await toArray(await step(tensor(0)))).toEqual([Math.fround(Math.log(2)), 0]);
  });

  it('fails a read outside, again and again', async () => {
    const bad = checkFinite(div(tensor([1, -1]), 0), 'ratio');
    for (let time = 0; time < 2; time++) {
      expect((await rejection(toArray(bad))).message).toContain(
        'Got 2 of 2 elements NaN or infinite (the first, Infinity, at 0)',
      );
    }
  });

  it('names the line outside traces too once debugging is on', async () => {
    setDebug(true);
    const bad = log(tensor(-1));
    expect((await rejection(item(checkFinite(bad, 'log')))).message).toMatch(/made at [^\n]*effects\.test\.ts:\d+/);
  });
});

describe('an error of the runtime', () => {
  it('names the ONNX node and the line that made it', async () => {
    // Sizes that fit as far as names tell, and do not when the graph runs.
    const f = jit((x: Tensor, y: Tensor) => add(x, y), { dynamicAxes: [['n'], ['m']] });
    expect((await rejection(f(tensor([1, 2]), tensor([1, 2, 3])))).message).toContain('shapes do not broadcast');
  });
});
