import {
  add,
  compile,
  concat,
  data,
  div,
  exp,
  explain,
  expand,
  gelu,
  greater,
  jit,
  layerNorm,
  matmul,
  maximum,
  mean,
  mul,
  neg,
  relu,
  reshape,
  setDefaultBackend,
  slice,
  softmax,
  spec,
  split,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tensor,
  transpose,
  valueAndGrad,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

/** Numbers from −1 to 1, the same for the same seed. */
function noise(shape: readonly number[], seed: number): Tensor {
  let state = seed + 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor(Float32Array.from({ length: count }, next), { shape });
}

type Net = (...inputs: Tensor[]) => Tensor[];

/** Runs with the pass and without it; returns how many more ONNX nodes the pass made. */
async function compare(net: Net, inputs: Tensor[], axes: readonly string[] | null): Promise<number> {
  const dynamicAxes = inputs.map(() => axes);
  const plain = jit(net, { dynamicAxes, passes: { tile: false } });
  const tiled = jit(net, { dynamicAxes });
  const [expected, got] = [await plain(...inputs), await tiled(...inputs)];
  for (const [index, output] of expected.entries()) {
    expect(got[index]!.shape).toEqual(output.shape);
    const [a, b] = [await data(output), await data(got[index]!)];
    const differing = a.findIndex((value: number | bigint, at: number) => !Object.is(value, b[at]));
    expect(differing).toBe(-1);
  }
  const nodes = (fn: typeof plain): number => explain(fn).programs[0]!.nodes;
  return nodes(tiled) - nodes(plain);
}

const chain = (x: Tensor, y: Tensor): Tensor => mul(tanh(add(mul(x, x), neg(y))), sub(1, square(tanh(x))));

describe('chains computed piece by piece', () => {
  it('give the same bits, for a fixed and for a named number of rows', async () => {
    const net: Net = (x, y) => [mean(chain(x!, y!), { axis: [0, 1, 2] })];
    for (const rows of [4, 9]) {
      const inputs = [noise([rows, 64, 512], 1), noise([rows, 64, 512], 2)];
      expect(await compare(net, inputs, null)).toBeGreaterThan(0);
      expect(await compare(net, inputs, ['batch'])).toBeGreaterThan(0);
    }
  });

  it('takes a named number of rows that is 0 when it runs', async () => {
    const net = (x: Tensor) => {
      const rows = chain(x, x);
      return { sum: sum(rows, { axis: 0 }), turned: transpose(rows) };
    };
    const specs = { x: spec(['batch', 64, 512]) };
    const [compiled, plain] = [await compile(net, specs), await compile(net, specs, { passes: { tile: false } })];
    const jitted = jit(net, { specs });
    for (const rows of [2, 0, 1]) {
      const x = noise([rows, 64, 512], 6);
      const results = [await compiled(x), await jitted(x), await plain(x)] as ReturnType<typeof net>[];
      expect(results.map(({ turned }) => turned.shape)).toEqual(results.map(() => [512, 64, rows]));
      const values = results.map(async (result) => [await data(result.sum), await data(result.turned)]);
      const [first, second, expected] = await Promise.all(values);
      expect([first, second]).toEqual([expected, expected]);
    }
    expect(explain(jitted).compiles).toBe(1);
    for (const run of [compiled, plain]) await run.dispose();
  });

  it('attention with its gradient, over batch', async () => {
    const net: Net = (x, w) => {
      const loss = (weights: Tensor): Tensor => {
        const [q, k, v] = split(matmul(x!, weights), 3, { axis: 2 }).map((part) =>
          transpose(reshape(part, [x!.shape[0]!, 128, 2, 32]), [0, 2, 1, 3]),
        ) as [Tensor, Tensor, Tensor];
        const weighted = matmul(softmax(mul(matmul(q, k, { transposeB: true }), 0.2)), v);
        return mean(square(reshape(transpose(weighted, [0, 2, 1, 3]), [x!.shape[0]!, 128, 64])));
      };
      return Object.values(valueAndGrad(loss)(w!)) as Tensor[];
    };
    const inputs = [noise([5, 128, 64], 3), noise([64, 192], 4)];
    const dynamicAxes = [['batch'], null];
    const run = async (tile: boolean) => {
      const fn = jit(net, { dynamicAxes, passes: { tile } });
      const results = await fn(...inputs);
      return { values: await Promise.all(results.map((one) => data(one))), nodes: explain(fn).programs[0]!.nodes };
    };
    const [plain, tiled] = [await run(false), await run(true)];
    expect(tiled.values).toEqual(plain.values);
    expect(tiled.nodes).toBeGreaterThan(plain.nodes);
  });

  it('begin where the vectors of the processor do', async () => {
    const ratio = (x: Tensor): Tensor => div(x, add(sum(mul(x, x), { axis: 1, keepDims: true }), 1));
    // Rows of 257 numbers, which no vector divides.
    const net: Net = (x) => {
      const half = slice(ratio(mul(x!, 0.7)), [null, [null, null, 2]]);
      return [transpose(ratio(add(ratio(mul(half, 0.9)), 0.2)))];
    };
    expect(await compare(net, [noise([1024, 513], 7)], null)).toBeGreaterThan(0);
    expect(await compare(net, [noise([1000, 513], 7)], null)).toBe(0);
  });

  it('leaves small and short chains alone', async () => {
    expect(await compare((x) => [chain(x!, x!)], [noise([8, 16, 16], 1)], ['batch'])).toBe(0);
    expect(await compare((x) => [mean(tanh(neg(x!)))], [noise([4, 64, 512], 1)], ['batch'])).toBe(0);
  });

  it('any graph of row-wise ops gives the same bits', async () => {
    let made = 0;
    for (let seed = 0; seed < 40; seed++) {
      const net: Net = (x, y, row) => {
        let state = seed + 1;
        const pick = (count: number): number => {
          state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
          return (state >>> 8) % count;
        };
        const all = [x!, y!];
        const any = (): Tensor => all[pick(all.length)]!;
        const whole = (): Tensor => {
          const one = any();
          return one.shape.length === 3 && one.shape[2] === 256
            ? one
            : expand(mean(x!, { axis: 2, keepDims: true }), x!.shape);
        };
        const steps: (() => Tensor)[] = [
          () => add(any(), whole()),
          () => mul(whole(), row!),
          () => sub(row!, any()),
          () => maximum(whole(), whole()),
          () => tanh(any()),
          () => gelu(whole()),
          () => relu(neg(any())),
          () => softmax(whole()),
          () => sum(whole(), { axis: 2, keepDims: true }),
          () => div(any(), add(1, exp(neg(square(whole()))))),
          () => where(greater(whole(), 0), whole(), 0.5),
          () => layerNorm(whole()),
          () => sqrt(add(square(whole()), 1)),
          () => concat(split(whole(), 2, { axis: 2 }).reverse(), { axis: 2 }),
          () => slice(concat([whole(), whole()], { axis: 1 }), [[8, 72]], { axes: [1] }),
          () => mul(mean(whole(), { axis: 0, keepDims: true }), whole()),
          () => matmul(softmax(matmul(whole(), whole(), { transposeB: true })), whole()),
          () => reshape(transpose(reshape(whole(), [x!.shape[0]!, 64, 4, 64]), [0, 2, 1, 3]), x!.shape),
        ];
        for (let count = 0; count < 14; count++) all.push(steps[pick(steps.length)]!());
        // Turned, so that no result is one of a chain: those stay whole.
        return [-1, -3, -6].map((at) => transpose(all.at(at)!));
      };
      made += await compare(net, [noise([6, 64, 256], seed), noise([6, 64, 256], seed + 99), noise([256], 5)], null);
    }
    expect(made).toBeGreaterThan(100);
  });
});
