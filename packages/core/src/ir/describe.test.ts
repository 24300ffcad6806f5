import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as core from '../index.ts';
import { Variable, add, iota, reshape, tensor, trace, spec } from '../index.ts';
import type { Tensor } from '../index.ts';

const lines = (value: unknown): string[] => inspect(value).split('\n');

describe('a tensor that is printed', () => {
  it('shows dtype, shape and elements of data on the host', () => {
    expect(
      lines(
        tensor([
          [1, 2.5],
          [-30, 4],
        ]),
      ),
    ).toEqual(['tensor([[  1.0,   2.5],', '        [-30.0,   4.0]], float32 [2,2])']);
    expect(String(tensor([1, 2], { dtype: 'int32' }))).toBe('tensor([1, 2], int32 [2])');
    expect(`${tensor(0.1)}`).toBe('tensor(0.1, float32 [])');
    expect(String(tensor([true, false]))).toBe('tensor([ true, false], bool [2])');
    expect(String(tensor([NaN, -Infinity, -0, 1e-10, 1e25]))).toBe(
      'tensor([      NaN, -Infinity,        -0,     1e-10,     1e+25], float32 [5])',
    );
    expect(String(tensor(new BigInt64Array([2n ** 60n])))).toBe('tensor([1152921504606846976], int64 [1])');
    expect(String(tensor([1.5, -2], { dtype: 'float16' }))).toBe('tensor([ 1.5, -2.0], float16 [2])');
    expect(String(tensor([], { shape: [0, 3] }))).toBe('tensor([], float32 [0,3])');
  });

  it('leaves a blank line between matrices, as NumPy does', () => {
    expect(lines(tensor([1, 2, 3, 4], { shape: [2, 1, 2] }))).toEqual([
      'tensor([[[1, 2]],',
      '',
      '        [[3, 4]]], float32 [2,1,2])',
    ]);
  });

  it('cuts the middle of long axes of more than 1000 elements', () => {
    const many = tensor(Float32Array.from({ length: 1001 }, (_, at) => at));
    expect(String(many)).toBe('tensor([   0,    1,    2, ...,  998,  999, 1000], float32 [1001])');
    expect(lines(tensor(new Float32Array(2000), { shape: [1000, 2] }))).toHaveLength(7);
  });

  it('says of what is not computed how to read it', () => {
    expect(String(add(tensor([1]), 1))).toBe(
      'tensor(float32 [1], not computed yet: read it with await toArray(...) or data(...))',
    );
  });

  it('says of what is traced where its value is to be seen', () => {
    const seen: string[] = [];
    trace(
      function double(x: Tensor) {
        seen.push(String(x), String(add(x, x)));
        return x;
      },
      [spec(['n'])],
    );
    expect(seen).toEqual([
      "tensor(float32 [n], input arg[0] of 'double': see its value at every run with debugPrint(x, 'x'))",
      "tensor(float32 [n], part of 'double': see its value at every run with debugPrint(x, 'x'))",
    ]);
  });

  it('is one line deep inside other things', () => {
    expect(inspect({ loss: tensor(1), rows: [tensor([1])] })).toBe(
      '{ loss: tensor(1, float32 []), rows: [ tensor([1], float32 [1]) ] }',
    );
  });

  it('is a variable with its name', () => {
    expect(String(new Variable(tensor([1]), 'w'))).toBe('Variable w([1], float32 [1])');
  });
});

describe('operators', () => {
  const x = reshape(iota(2), [2]) as never;
  it.each([
    ['+', () => x + 1],
    ['<', () => x < 1],
    ['-x', () => -x],
    ['==', () => x == 1],
    ['Number', () => Number(x)],
  ])('%s names the functions to call', (_, use) => {
    expect(use).toThrow(/^tensor: an operator of JavaScript .* Got int32 \[2\] as an operand/);
  });

  it('are named rightly', () => {
    const message = (() => {
      try {
        return String(x + 1);
      } catch (error) {
        return (error as Error).message;
      }
    })();
    const named = /Call (.*?), or take/.exec(message)![1]!.split(/, | or /);
    expect(named.filter((name) => !(name in core))).toEqual([]);
  });

  it('JSON is refused', () => {
    expect(() => JSON.stringify({ x })).toThrow('tensor: JSON holds no tensors. Got int32 [2]; expected numbers.');
    expect(() => JSON.stringify(x)).toThrow('tensor: JSON holds no tensors.');
    expect(() => JSON.stringify([x])).toThrow('tensor: JSON holds no tensors.');
  });

  it('printers of test runners, which ask without a key, get the text', () => {
    expect((x as unknown as Tensor).toJSON()).toBe(String(x));
  });
});
