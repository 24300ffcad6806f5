import {
  Variable,
  add,
  checkFinite,
  compile,
  constant,
  debugPrint,
  gather,
  item,
  jit,
  log,
  matmul,
  mul,
  relu,
  setDefaultBackend,
  spec,
  tensor,
  toArray,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { rejection } from './backends.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

const takeRow = (x: Tensor, index: Tensor): Tensor => gather(x, index);
const wave = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i));

describe('a function compiled for inference', () => {
  it('gives what jit gives, for any size that has a name, from a tree of results', async () => {
    const w = tensor(wave(24 * 32), { shape: [24, 32] });
    const b = tensor(wave(32));
    const f = (x: Tensor) => ({ hidden: relu(add(matmul(x, w), b)), same: [x] });
    const compiled = await compile<ReturnType<typeof f>>(f, { x: spec(['batch', 24]) });
    const jitted = jit(f);
    for (const rows of [1, 5]) {
      const x = tensor(wave(rows * 24), { shape: [rows, 24] });
      const [got, expected] = [await compiled(x), await jitted(x)];
      const [values, wanted] = [await toArray(got.hidden), await toArray(expected.hidden)] as number[][][];
      values!.flat().forEach((value, index) => expect(value).toBeCloseTo(wanted!.flat()[index]!, 5));
      expect(await toArray(got.same[0]!)).toEqual(await toArray(x));
    }
    await compiled.dispose();
    await expect(compiled(tensor(wave(24), { shape: [1, 24] }))).rejects.toThrow(
      /^compile: the program compiled from .* was disposed/,
    );
  });

  it('keeps the weights it was compiled with, given as numbers or computed', async () => {
    const doubled = add(tensor([1, 2]), tensor([1, 2]));
    const run = await compile((x: Tensor) => add(add(x, doubled), constant([10, 10])), { x: spec([2]) });
    expect(await toArray(await run(tensor([1, 1])))).toEqual([13, 15]);
    await run.dispose();
  });

  it('says what does not fit', async () => {
    const run = await compile((x: Tensor, y: Tensor) => add(x, y), { x: spec(['n', 2]), y: spec(['n', 2]) });
    const rows = (count: number): Tensor => tensor(wave(2 * count), { shape: [count, 2] });
    await expect(run(rows(1))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: compile: wrong number of arguments. Got 1; expected 2, one per entry of the specs (x, y). Pass them in the order of the specs.]`,
    );
    await expect(run(rows(1), rows(2))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: compile: 'y' does not fit its spec. Got float32 [2,2]; expected float32 [n,2] with n = 1. Reshape or cast it, or compile for another spec.]`,
    );
    await expect(run(rows(1), tensor([1, 2]))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: compile: 'y' does not fit its spec. Got float32 [2]; expected float32 [n,2]. Reshape or cast it, or compile for another spec.]`,
    );
    await expect(compile(() => 1, { x: spec([2]) })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: compile: nothing to compute. Got 1 tensor inputs from { x } and 0 tensor outputs; expected at least one of each. Describe inputs with spec(...).]`,
    );
    await run.dispose();
  });
});

describe('what a compiled function does besides', () => {
  it('prints at every run, also what nothing uses', async () => {
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const run = await compile(
      (x: Tensor) => {
        debugPrint(add(x, 1), 'unused', { print });
        return mul(debugPrint(x, 'x', { print }), 2);
      },
      { x: spec([2]) },
    );
    expect(await toArray(await run(tensor([1, 2])))).toEqual([2, 4]);
    await run(tensor([3, 4]));
    expect(lines).toEqual([
      'unused: float32[2] [2, 3]',
      'x: float32[2] [1, 2]',
      'unused: float32[2] [4, 5]',
      'x: float32[2] [3, 4]',
    ]);
    await run.dispose();
  });

  it('checks that values are finite, and commits nothing otherwise', async () => {
    const count = new Variable(tensor(0), 'count');
    const run = await compile(
      (x: Tensor) => {
        count.assign(add(count, 1));
        return checkFinite(log(x), 'log');
      },
      { x: spec([1]) },
    );
    await run(tensor([1]));
    const error = await rejection(run(tensor([-1])));
    expect(error.message).toMatch(/^checkFinite: 'log' is not finite\. Got 1 of 1 .* made at [^\n]*compile\.test\.ts/);
    expect(await item(count)).toBe(1);
    await run.dispose();
  });

  it('assigns variables as jit does: what it replaces is read at every call, what it does not is frozen', async () => {
    const [total, step] = [new Variable(tensor([1, 1]), 'total'), new Variable(tensor([10, 10]), 'step')];
    const run = await compile(
      (x: Tensor) => {
        total.assign(add(total, mul(x, step)));
        return total.value;
      },
      { x: spec([2]) },
    );
    step.assign(tensor([0, 0]));
    const results = await Promise.all([run(tensor([1, 2])), run(tensor([1, 2]))]);
    expect(await Promise.all(results.map((result) => toArray(result)))).toEqual([
      [11, 21],
      [21, 41],
    ]);
    expect(await toArray(total)).toEqual([21, 41]);
    total.assign(tensor([0, 0]));
    expect(await toArray(await run(tensor([1, 1])))).toEqual([10, 10]);
    await run.dispose();
  });

  it('names the line of the user where a node fails', async () => {
    const bad = await compile((x: Tensor, i: Tensor) => takeRow(x, i), { x: spec([2, 2]), i: spec([], 'int32') });
    const error = await rejection(
      bad(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor(7, { dtype: 'int32' }),
      ),
    );
    expect(error.message).toMatch(/in ONNX node 'gather_\d+', written at takeRow \([^\n]*compile\.test\.ts:\d+/);
    await bad.dispose();
  });

  it('keeps the results in the order in which they were returned', async () => {
    const f = (x: Tensor) => ({ z: mul(x, 2), a: { y: x, b: add(x, 1) }, m: [mul(x, 3)] });
    const run = await compile<ReturnType<typeof f>>(f, { x: spec([1]) });
    for (const result of [await run(tensor([1])), await jit(f)(tensor([1]))]) {
      expect([Object.keys(result), Object.keys(result.a)]).toEqual([
        ['z', 'a', 'm'],
        ['y', 'b'],
      ]);
      expect([await toArray(result.z), await toArray(result.a.y), await toArray(result.a.b)]).toEqual([[2], [1], [2]]);
      expect(await toArray(result.m[0]!)).toEqual([3]);
    }
    await run.dispose();
  });
});
