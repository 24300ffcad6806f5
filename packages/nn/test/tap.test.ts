import {
  add,
  checkpoint,
  data,
  grad,
  isTensor,
  item,
  jit,
  mul,
  relu,
  setDefaultBackend,
  sum,
  tensor,
  toArray,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { LSTM, Linear, Module, ModuleDict, Sequential, tap } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const linear = (weight: number): Linear =>
  new Linear({ inFeatures: 1, outFeatures: 1, bias: false, weightInit: () => tensor([[weight]]) });

class Block extends Module {
  readonly attn: Linear;
  readonly mlp: Linear;
  constructor(weight: number) {
    super();
    this.attn = linear(weight);
    this.mlp = linear(10 * weight);
  }
  forward(x: Tensor): Tensor {
    return this.mlp.forward(this.attn.forward(x));
  }
}

class Net extends Module {
  readonly blocks = [new Block(2), new Block(3)];
  readonly unused = linear(1);
  forward(x: Tensor): Tensor {
    return this.blocks.reduce((value, block) => block.forward(value), x);
  }
}

const x = tensor([[1]]);
const read = async (taps: Readonly<Record<string, Tensor>>): Promise<Record<string, number>> =>
  Object.fromEntries(await Promise.all(Object.entries(taps).map(async ([name, value]) => [name, await item(value)])));

describe('tap', () => {
  it.each<[string[], Record<string, number>]>([
    [['blocks.0'], { 'blocks.0': 40 }],
    [['blocks.*'], { 'blocks.0': 40, 'blocks.1': 40 * 90 }],
    [['blocks.*.attn'], { 'blocks.0.attn': 2, 'blocks.1.attn': 120 }],
    [['**.mlp'], { 'blocks.0.mlp': 40, 'blocks.1.mlp': 3600 }],
    [['blocks.0', 'blocks.1.attn'], { 'blocks.0': 40, 'blocks.1.attn': 120 }],
    [[''], { '': 3600 }],
  ])('keeps the outputs under %j', async (targets, expected) => {
    const net = new Net();
    const { output, taps } = tap(net, targets, () => net.forward(x));
    expect(await item(output)).toBe(3600);
    expect(await read(taps)).toEqual(expected);
  });

  it('replaces outputs, and tells name, call and inputs', async () => {
    const net = new Net();
    const told: unknown[] = [];
    const { output, taps } = tap(
      net,
      {
        'blocks.*.attn': (value, { name, call, inputs }) => {
          told.push([name, call, inputs.length]);
          return name === 'blocks.0.attn' ? mul(value, 100) : undefined;
        },
      },
      () => [net.forward(x), net.forward(x)],
    );
    expect(await item(output[1]!)).toBe(360_000);
    expect(await item(taps['blocks.0.attn']!)).toBe(200);
    expect(told).toEqual([
      ['blocks.0.attn', 0, 1],
      ['blocks.1.attn', 0, 1],
      ['blocks.0.attn', 1, 1],
      ['blocks.1.attn', 1, 1],
    ]);
  });

  it('works in compiled, differentiated and checkpointed functions', async () => {
    const net = new Net();
    const compiled = jit((v: Tensor) => tap(net, ['blocks.0.attn'], () => net.forward(v)));
    expect(await read((await compiled(x)).taps)).toEqual({ 'blocks.0.attn': 2 });
    // d/dv of the square of what block 0 puts out: 40 v.
    const slope = grad((v: Tensor) => {
      const { taps } = tap(net, ['blocks.0'], () => net.forward(v));
      return sum(mul(taps['blocks.0']!, taps['blocks.0']!));
    });
    expect(await item(slope(x))).toBe(3200);
    expect(await item(await jit((v: Tensor) => slope(v))(x))).toBe(3200);
    const steered = grad((v: Tensor) =>
      sum(
        tap(net, { 'blocks.1': (value) => mul(value, 2) }, () => checkpoint((w: Tensor) => net.forward(w))(v)).output,
      ),
    );
    expect(await item(steered(x))).toBe(7200);
  });

  it('finds shared modules under each name, and modules of a dictionary', async () => {
    const shared = linear(3);
    const net = new Sequential(shared, relu, shared);
    const { taps } = tap(net, ['2', '0'], () => net.forward(x));
    expect(await read(taps)).toEqual({ 0: 9, 2: 9 });
    const dict = new ModuleDict({ left: linear(5) });
    expect(await read(tap(dict, ['*'], () => dict.get('left').forward(x)).taps)).toEqual({ left: 5 });
  });

  it('keeps outputs that are trees', async () => {
    const lstm = new LSTM({ inputSize: 1, hiddenSize: 2 });
    const { taps } = tap<unknown, { hidden: Tensor }>(lstm, [''], () => lstm.forward(tensor([[[1]], [[2]]])));
    expect(isTensor(taps['']!.hidden)).toBe(true);
  });

  it('nests, and leaves nothing behind, also after an error', async () => {
    const net = new Net();
    const outer = tap(net, { 'blocks.0': (value) => add(value, 1) }, () =>
      tap(net, { 'blocks.0': (value) => mul(value, 0) }, () => net.forward(x)),
    );
    expect(await item(outer.output.output)).toBe(90);
    expect(() =>
      tap(net, { 'blocks.0': (value) => mul(value, 0) }, () => {
        net.forward(x);
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(await item(net.forward(x))).toBe(3600);
    expect(Object.keys(net.blocks[0]!)).toEqual(['attn', 'mlp']);
    const { taps } = tap(net, ['blocks.0'], () => net.forward(x));
    expect([...(await data(taps['blocks.0']!))]).toEqual([40]);
    expect(await toArray(tap(net, [], () => net.forward(x)).output)).toEqual([[3600]]);
  });

  it('refuses what it cannot do', async () => {
    const net = new Net();
    const run = (): Tensor => net.forward(x);
    expect(() => tap(net, ['block.0'], run)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: tap: no module has that path. Got 'block.0' for a Net; expected a path among blocks.0, blocks.0.attn, blocks.0.mlp, blocks.1, blocks.1.attn, blocks.1.mlp, unused. A * stands for one part of a path, ** for any number.]`,
    );
    expect(() => tap(net, ['unused'], run)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: tap: a module did not run. Got no call of forward for 'unused'; expected at least one. Run the model inside the function, and name modules that its forward uses.]`,
    );
    expect(() =>
      tap(net, ['blocks.0'], async () => Promise.reject(new Error('late'))),
    ).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: tap: the function is asynchronous. Got a function that returns a promise; expected one that has run the model when it returns. Await the values of its result outside.]`,
    );
  });
});

describe('targets', () => {
  it('are a list or an object: a text is refused', () => {
    const net = linear(1);
    expect(() => tap(new Sequential(net), '0' as never, () => net)).toThrow(/^tap: the targets are no list\. Got "0"/);
  });
});
