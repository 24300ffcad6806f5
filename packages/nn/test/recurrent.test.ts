import {
  abs,
  concat,
  data,
  getDefaultBackend,
  item,
  jit,
  max,
  reshape,
  scan,
  setDefaultBackend,
  slice,
  spec,
  sub,
  swapAxes,
  tensor,
  toArray,
  toOnnx,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { key, uniform } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  Linear,
  Module,
  RNN,
  RNNCell,
  adam,
  manualSeed,
  mse,
  trainStep,
  withRandomKey,
} from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

const thrown = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing';
};

describe('recurrent layers', () => {
  it('name their parameters as PyTorch does', () => {
    const names = [...new LSTM({ inputSize: 2, hiddenSize: 3, numLayers: 2, bidirectional: true }).namedParameters()];
    expect(names.map(([name, { shape }]) => `${name} ${shape.join('x')}`)).toEqual([
      'weight_ih_l0 12x2',
      'weight_hh_l0 12x3',
      'bias_ih_l0 12',
      'bias_hh_l0 12',
      'weight_ih_l0_reverse 12x2',
      'weight_hh_l0_reverse 12x3',
      'bias_ih_l0_reverse 12',
      'bias_hh_l0_reverse 12',
      'weight_ih_l1 12x6',
      'weight_hh_l1 12x3',
      'bias_ih_l1 12',
      'bias_hh_l1 12',
      'weight_ih_l1_reverse 12x6',
      'weight_hh_l1_reverse 12x3',
      'bias_ih_l1_reverse 12',
      'bias_hh_l1_reverse 12',
    ]);
    expect([...new GRU({ inputSize: 2, hiddenSize: 3, bias: false }).namedParameters().keys()]).toEqual([
      'weight_ih_l0',
      'weight_hh_l0',
    ]);
  });

  it.each([RNN, GRU, LSTM])('%o reads sequences one behind the other as it reads them apart', async (Layer) => {
    const layer = new Layer({ inputSize: 2, hiddenSize: 3, numLayers: 2, batchFirst: true });
    const [one, two] = [tensor([[[1, 2], [0.5, -1]]]), tensor([[[-2, 1], [1, 1], [0.3, 0.2]]])]; // prettier-ignore
    const both = concat([one, two], { axis: 1 });
    const { output, hidden } = layer.forward(both, { resets: tensor([[0, 0, 1, 0, 0]]) });
    const apart = [layer.forward(one), layer.forward(two)];
    const close = async (got: Tensor, wanted: Tensor) =>
      expect(await item(max(abs(sub(got, wanted))))).toBeLessThan(1e-6);
    await close(output, concat([apart[0]!.output, apart[1]!.output], { axis: 1 }));
    await close(hidden, apart[1]!.hidden);
    const single = layer.forward(reshape(both, [5, 2]), { resets: tensor([0, 0, 1, 0, 0]) });
    await close(single.output, reshape(output, [5, 3]));
  });

  it('refuse resets that do not fit, or where there is another direction', () => {
    const x = tensor(new Float32Array(12), { shape: [3, 2, 2] });
    const layer = new LSTM({ inputSize: 2, hiddenSize: 3 });
    expect(() => layer.forward(x, { resets: tensor([0, 0, 1]) })).toThrow('Got [3]; expected [3,2], one for each step');
    const twoWays = new LSTM({ inputSize: 2, hiddenSize: 3, bidirectional: true });
    expect(() => twoWays.forward(x, { resets: tensor(new Float32Array(6), { shape: [3, 2] }) })).toThrow(
      'resets of a bidirectional layer; expected one direction',
    );
  });

  it('begin within ±1/√hiddenSize', async () => {
    const { weight_hh_l0: weight } = new RNN({ inputSize: 1, hiddenSize: 16 });
    const values = ((await toArray(weight!)) as number[][]).flat();
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
    expect(Math.max(...values)).toBeGreaterThan(0.2);
  });

  it.each([
    ['RNN', RNN, RNNCell],
    ['GRU', GRU, GRUCell],
    ['LSTM', LSTM, LSTMCell],
  ] as const)('%s is a scan of its cell', async (_, Layer, Cell) => {
    const layer = new Layer({ inputSize: 2, hiddenSize: 3 });
    const cell = new Cell({ inputSize: 2, hiddenSize: 3 });
    cell.loadStateDict(
      Object.fromEntries(Object.entries(layer.stateDict()).map(([name, value]) => [name.replace('_l0', ''), value])),
    );
    const x = uniform(key(1), [5, 2, 2]);
    const zeros = tensor([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const step = (carry: { hidden: Tensor; cell: Tensor }, one: Tensor): [typeof carry, Tensor] => {
      if (cell instanceof LSTMCell) {
        const next = cell.forward(one, carry);
        return [next, next.hidden];
      }
      const hidden = cell.forward(one, carry.hidden);
      return [{ ...carry, hidden }, hidden];
    };
    const [, states] = scan(step, { hidden: zeros, cell: zeros }, x);
    const { output } = layer.forward(x);
    const [got, wanted] = [await data(output), await data(states)];
    got.forEach((value, index) => expect(value).toBeCloseTo(Number(wanted[index]), 5));
  });

  it('drop between layers, in training only, other elements in every layer', async () => {
    const gru = new GRU({ inputSize: 2, hiddenSize: 4, numLayers: 3, dropout: 0.5 });
    const x = uniform(key(1), [3, 2, 2]);
    const run = (seed: number): Promise<unknown> => toArray(withRandomKey(key(seed), () => gru.forward(x)).output);
    expect(await run(1)).not.toEqual(await run(2));
    expect(await run(1)).toEqual(await run(1));
    gru.eval();
    expect(await run(1)).toEqual(await run(2));
    await expect(jit(() => gru.train().forward(x).output)()).rejects.toThrow('GRU: no random key in a traced function');
    const all = new GRU({ inputSize: 2, hiddenSize: 4, numLayers: 2, dropout: 1 });
    expect(await toArray(withRandomKey(key(1), () => all.forward(x)).output)).toEqual(
      await toArray(all.forward(x).output),
    );
  });

  it('are exported, for any number of steps and sequences', async () => {
    const lstm = new LSTM({ inputSize: 2, hiddenSize: 3, bidirectional: true });
    const { model, inputNames, outputNames } = await toOnnx(lstm, { x: spec(['time', 'batch', 2]) });
    const session = await getDefaultBackend().load(model, { inputs: inputNames, outputs: outputNames });
    const place = outputNames.indexOf('output');
    for (const [time, batch] of [
      [4, 1],
      [1, 3],
    ] as const) {
      const x = uniform(key(1), [time, batch, 2]);
      const given = { dtype: 'float32' as const, shape: [time, batch, 2], data: await data(x) };
      const results = await session.run([given]);
      expect(results[place]!.shape).toEqual([time, batch, 6]);
      const wanted = await data(lstm.forward(x).output);
      (await results[place]!.read()).forEach((value, index) => expect(value).toBeCloseTo(Number(wanted[index]), 6));
    }
    await session.release();
  });

  it('learn to remember the first of five numbers, with batches of any size', async () => {
    manualSeed(0);
    class Remember extends Module {
      lstm = new LSTM({ inputSize: 1, hiddenSize: 12, batchFirst: true });
      head = new Linear({ inFeatures: 12, outFeatures: 1 });
      forward(x: Tensor): Tensor {
        return this.head.forward(this.lstm.forward(x).hidden);
      }
    }
    const setup = { models: { model: new Remember() }, optimizers: { model: adam({ learningRate: 0.03 }) } };
    const step = trainStep(setup, ({ model }, { x }: { x: Tensor }) => ({
      losses: { model: mse(model.forward(x), swapAxes(slice(x, [null, [0, 1]]), 0, 1)) },
    }));
    let loss = 1;
    for (let count = 0; count < 150; count++) {
      const x = uniform(key(count), [32 + (count % 3), 5, 1], { min: -1, max: 1 });
      loss = await item((await step({ x })).losses.model);
    }
    // Guessing the mean has a loss of 1/3.
    expect(loss).toBeLessThan(0.03);
  });

  it('refuse what does not fit', () => {
    const lstm = new LSTM({ inputSize: 2, hiddenSize: 3 });
    const x = tensor([[[1, 2]], [[3, 4]]]);
    const cases: [string, () => unknown][] = [
      ['no size', () => new LSTM({ inputSize: 0, hiddenSize: 3 })],
      ['no layers', () => new GRU({ inputSize: 1, hiddenSize: 3, numLayers: 0 })],
      ['no probability', () => new RNN({ inputSize: 1, hiddenSize: 3, dropout: 1.5 })],
      ['features', () => lstm.forward(tensor([[[1, 2, 3]]]))],
      ['axes', () => lstm.forward(tensor([1, 2]))],
      ['a state', () => lstm.forward(x, { cell: tensor([[[1, 2]]]) })],
      ['lengths', () => lstm.forward(x, { lengths: tensor([1, 2], { dtype: 'int32' }) })],
      ['lengths that are no integers', () => lstm.forward(x, { lengths: tensor([1]) })],
      ['a cell: features', () => new GRUCell({ inputSize: 2, hiddenSize: 3 }).forward(tensor([[1]]))],
      ['a cell: a state', () => new GRUCell({ inputSize: 2, hiddenSize: 3 }).forward(tensor([[1, 2]]), tensor([[1]]))],
    ];
    expect(cases.map(([what, run]) => `${what}: ${thrown(run)}`).join('\n')).toMatchInlineSnapshot(`
      "no size: ArgumentError: LSTM: inputSize is not a size. Got 0; expected a whole number of at least 1.
      no layers: ArgumentError: GRU: numLayers is not a size. Got 0; expected a whole number of at least 1.
      no probability: ArgumentError: RNN: dropout is not a probability. Got 1.5; expected a number from 0 to 1.
      features: ShapeError: LSTM: x does not fit inputSize. Got x [1,1,3]; expected [time, batch, inputSize] or [time, inputSize] with x.shape[-1] equal to inputSize (2). Change inputSize or the layer before.
      axes: ShapeError: LSTM: wrong number of axes. Got x [2]; expected [time, batch, inputSize] or [time, inputSize] with 2 or 3 axes. Reshape x.
      a state: ShapeError: LSTM: cell does not fit. Got [1,1,2]; expected [1,1,3]: [numLayers · directions, batch, hiddenSize].
      lengths: ShapeError: LSTM: lengths do not fit. Got [2]; expected [1], one for each sequence.
      lengths that are no integers: DTypeError: LSTM: lengths are not integers. Got float32 [1]; expected int32. Use tensor(data, { dtype: 'int32' }) or cast(lengths, 'int32').
      a cell: features: ShapeError: GRUCell: x does not fit inputSize. Got x [1,1]; expected [batch, inputSize] with x.shape[-1] equal to inputSize (2). Change inputSize or the layer before.
      a cell: a state: ShapeError: GRUCell: hidden does not fit. Got [1,1]; expected [1,3]: [batch, hiddenSize]."
    `);
  });
});
