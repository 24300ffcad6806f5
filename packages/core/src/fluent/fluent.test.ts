import { afterAll, expect, it } from 'vitest';
import { ShapeError, Tensor, matmul, relu, tensor } from '../index.ts';
import { fluent } from './index.ts';
import { METHODS } from './methods.ts';

const before = Object.getOwnPropertyNames(Tensor.prototype);
afterAll(() => {
  for (const name of Object.keys(METHODS)) Reflect.deleteProperty(Tensor.prototype, name);
});

it('gives no methods until it is asked, and takes none that a tensor has', () => {
  expect('add' in tensor([1])).toBe(false);
  expect(Object.keys(METHODS).filter((name) => before.includes(name) || name in tensor([1]))).toEqual([]);
});

it('computes as the functions do, with the same graph and the same errors', () => {
  fluent();
  fluent();
  const [x, w] = [tensor([[1, 2]]), tensor([[1], [2]])];
  const made = x.matmul(w).relu();
  const wanted = relu(matmul(x, w));
  expect([made.node.op, made.node.inputs[0]!.node.op, made.shape]).toEqual([
    wanted.node.op,
    wanted.node.inputs[0]!.node.op,
    wanted.shape,
  ]);
  expect(x.sum({ axis: 1 }).shape).toEqual([1]);
  expect(x.split([1, 1], { axis: 1 }).map(({ shape }) => shape)).toEqual([
    [1, 1],
    [1, 1],
  ]);
  expect(() => x.matmul(x)).toThrow(ShapeError);
  // @ts-expect-error the types are those of the functions
  expect(() => x.sum({ axes: 1 })).toThrow("Got 'axes'");
});

it('stays out of what is listed, printed and compared', () => {
  expect(Object.keys(tensor([1]))).not.toContain('add');
  expect(Tensor.prototype['add'].name).toBe('add');
});
