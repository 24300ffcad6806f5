import { readFileSync } from 'node:fs';
import * as core from '@gai/core';
import { data, isTensor, mul, setDefaultBackend, sum, tensor, vjp } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import * as linalg from '@gai/core/linalg';
import { allClose } from '@gai/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

type Float = 'float32' | 'float64';
type Encoded = number | string;
/** `=` stands for the dtype the case is run in. */
type Numbers = [dtype: DType | '=', shape: number[], values: Encoded[]];
/** A call and what PyTorch, NumPy or SciPy makes of it; the script beside the fixture says how it is written. */
type Case = [name: string, args: unknown[], result: Numbers | Numbers[], gradients: Encoded[][]];
type HostCase = [name: string, matrix: number[][], right: number[][] | null, result: unknown];
type Generated = [shape: number[], seed?: number, scale?: number, shift?: number, fixed?: number];

const path = new URL('fixtures/ops-reference.json', import.meta.url);
const reference = JSON.parse(readFileSync(path, 'utf8')) as { given: Numbers[]; cases: Case[]; linalg: HostCase[] };

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const SPELLED: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity, '-0': -0 };
const decode = (value: Encoded): number => (typeof value === 'string' ? SPELLED[value]! : value);
const ARRAYS = { int32: Int32Array, uint8: Uint8Array, int8: Int8Array, bool: Uint8Array } as const;

function make(values: readonly number[], dtype: DType, shape: readonly number[]): Tensor {
  if (dtype === 'float32') return tensor(Float32Array.from(values), { shape });
  if (dtype === 'float64') return tensor(Float64Array.from(values), { shape });
  return tensor(ARRAYS[dtype as keyof typeof ARRAYS].from(values), { shape, dtype });
}

const generate = ([shape, seed = 0, scale = 1.5, shift = 0]: Generated): number[] =>
  Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => shift + scale * Math.sin(i * 12.9898 + seed));

/** Puts something in the place of `{ [key]: value }` anywhere in a tree. */
function replaced(tree: unknown, change: (key: string, value: never) => unknown): unknown {
  if (Array.isArray(tree)) return tree.map((each) => replaced(each, change));
  if (typeof tree !== 'object' || tree === null) return tree;
  const entries = Object.entries(tree);
  if (entries.length === 1 && ['t', 'v', 'n', 'at'].includes(entries[0]![0]))
    return change(...(entries[0] as [string, never]));
  return Object.fromEntries(entries.map(([key, value]) => [key, replaced(value, change)]));
}

/** The tensors among the arguments, those that get a gradient, and the arguments with others in their place. */
class Arguments {
  readonly tensors: Tensor[] = [];
  readonly differentiable: number[] = [];
  readonly #template: unknown;

  constructor(args: unknown[], float: Float) {
    this.#template = replaced(args, (key, value) => {
      if (key === 'n') return decode(value);
      const [dtype, shape, values] =
        key === 't' ? (['=', value[0], generate(value)] satisfies Numbers) : reference.given[value]!;
      if (dtype === '=' && !(key === 't' && (value as Generated)[4] === 1))
        this.differentiable.push(this.tensors.length);
      return { at: this.tensors.push(make(values.map(decode), dtype === '=' ? float : dtype, shape)) - 1 };
    });
  }

  filled(tensors: readonly Tensor[] = this.tensors): unknown[] {
    return replaced(this.#template, (_, at) => tensors[at]) as unknown[];
  }
}

function call(name: string, args: unknown[]): Tensor[] {
  const result = (core as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);
  if (isTensor(result)) return [result];
  return Array.isArray(result) ? (result as Tensor[]) : Object.values(result as Record<string, Tensor>);
}

/** The fixture has five places after the point, and six digits of large numbers. */
const TOLERANCE = { float32: 2e-5, float64: 8e-6 } as const;

/** What is wrong with a tensor, if anything. Reads it in this turn, so that the reads of many become one run. */
async function problem(actual: Tensor, [dtype, shape, values]: Numbers, float: Float): Promise<string | undefined> {
  const wanted = dtype === '=' ? float : dtype;
  const [type, rule] = [`${actual.dtype} [${actual.shape.join()}]`, `${wanted} [${shape.join()}]`];
  if (type !== rule) return `is ${type} and should be ${rule}`;
  const found = Array.from(await data(actual), Number);
  const expected = values.map(decode);
  const tolerance = wanted === 'float32' || wanted === 'float64' ? TOLERANCE[wanted] : 0;
  return allClose(found, expected, tolerance) ? undefined : `is ${found.join()} and should be ${expected.join()}`;
}

const listOf = (result: Case[2]): Numbers[] => (Array.isArray(result[0]) ? result : [result]) as Numbers[];

const results = ([name, args, result]: Case, float: Float): Promise<string | undefined>[] => {
  const expected = listOf(result);
  const ys = call(name, new Arguments(args, float).filled());
  if (ys.length !== expected.length) return [Promise.resolve(`has ${ys.length} results, not ${expected.length}`)];
  return ys.map((y, index) => problem(y, expected[index]!, float));
};

/** The gradients of `Σ cos(0.7·i)·y`, in float64. */
function gradients([name, args, result, expected]: Case): Promise<string | undefined>[] {
  const given = new Arguments(args, 'float64');
  const [, shape, values] = listOf(result)[0]!;
  const weights = values.map((_, i) => Math.cos(i * 0.7));
  const loss = (xs: readonly Tensor[]): Tensor => {
    const operands = given.tensors.map((x, at) => xs[given.differentiable.indexOf(at)] ?? x);
    return sum(mul(call(name, given.filled(operands))[0]!, make(weights, 'float64', shape)));
  };
  const xs = given.differentiable.map((at) => given.tensors[at]!);
  const [found] = vjp(loss, xs).pullback(tensor(Float64Array.of(1), { shape: [] }));
  return found.map((gradient, index) =>
    problem(gradient, ['=', xs[index]!.shape as number[], expected[index]!], 'float64'),
  );
}

/** All that is wrong with a case, after its call as it stands in the fixture. */
async function problems(one: Case): Promise<string[]> {
  const inBoth = listOf(one[2])[0]![0] === '=' || one[3].length > 0;
  const started: Promise<string | undefined>[] = [];
  try {
    started.push(...results(one, 'float32'));
    if (inBoth) started.push(...results(one, 'float64'));
    if (one[3].length > 0) started.push(...gradients(one));
  } catch (error) {
    started.push(Promise.resolve(String(error)));
  }
  const found = await Promise.all(started.map((each) => each.catch(String)));
  return found.filter((each) => each !== undefined).map((each) => `${one[0]}${JSON.stringify(one[1])} ${each}`);
}

describe('as PyTorch, NumPy and SciPy', () => {
  const names = [...new Set(reference.cases.map(([name]) => name))];
  it.each(names)('%s', async (name) => {
    const found = await Promise.all(reference.cases.filter(([other]) => other === name).map(problems));
    expect(found.flat()).toEqual([]);
  });
});

describe('linear algebra on the host', () => {
  const calls: Record<string, (a: number[][], b: number[][]) => ArrayLike<number>> = {
    det: (a) => [linalg.det(a)],
    slogdet: (a) => Object.values(linalg.slogdet(a)),
    inv: (a) => linalg.inv(a).data,
    solve: (a, b) => linalg.solve(a, b).data,
    eigh: (a) => linalg.eigh(a).values,
    cholesky: (a) => linalg.cholesky(a).data,
    svd: (a) => linalg.svd(a).s,
    pinv: (a) => linalg.pinv(a).data,
    matrixRank: (a) => [linalg.matrixRank(a)],
    lstsq: (a, b) => linalg.lstsq(a, b).x.data,
    qr: (a) => linalg.qr(a).r.data,
  };
  it.each(reference.linalg.map((one, index) => ({ title: `${index}: ${one[0]}`, one })))('$title', ({ one }) => {
    const [name, matrix, right, result] = one;
    const found = Array.from(calls[name]!(matrix, right!));
    expect(allClose(found, [result].flat(3) as number[], 1e-9), `${found.join()} for ${String(result)}`).toBe(true);
  });
});
