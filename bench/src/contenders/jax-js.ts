/**
 * `@jax-js/jax` on its wasm backend, the fastest way it was found to run in Node: one `jit` of `valueAndGrad` and Adam,
 * weights as PyTorch lays them out, results read at once (`item`; awaiting costs about a tenth more).
 *
 * Its optimizer library is not on the registry; Adam is written as that one does it, with the two bias corrections
 * made outside. Node has no global `Worker`, without which its wasm backend uses one thread.
 */
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { HostArray } from '../data.ts';
import type { BenchModel, LayerSpec } from '../models/model.ts';
import { ADAM } from './contender.ts';
import type { Contender, Training } from './contender.ts';

type Params = { [name: string]: np.Array };
type Weights = ReadonlyMap<string, HostArray>;
type ConvSpec = Extract<LayerSpec, { kind: 'conv' }>;
/** Consumes `x` and `weight`, as everything does in this library. */
type Convolution = (x: np.Array, weight: np.Array, spec: ConvSpec) => np.Array;

const laxConv: Convolution = (x, weight, { padding }) =>
  lax.convGeneralDilated(
    x,
    weight,
    [1, 1],
    [
      [padding, padding],
      [padding, padding],
    ],
  );

/** The window's elements side by side, then one matrix product. */
const patchConv: Convolution = (input, weight, { outputs, kernel, padding }) => {
  const around: [number, number] = [padding, padding];
  const x = padding === 0 ? input : np.pad(input, [[0, 0], [0, 0], around, around]);
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [rows, columns] = [height - kernel + 1, width - kernel + 1];
  const places = Array.from(
    { length: kernel ** 2 },
    (_, index) => [Math.floor(index / kernel), index % kernel] as const,
  );
  const shifted = places.map(([row, column]) => x.ref.slice([], [], [row, row + rows], [column, column + columns]));
  x.dispose();
  const size = channels * kernel ** 2;
  const patches = np
    .stack(shifted, 2)
    .transpose([0, 3, 4, 1, 2])
    .reshape([batch * rows * columns, size]); // [BHW, Ckk]
  const products = np.dot(patches, weight.reshape([outputs, size]).transpose()); // [BHW, O]
  return products.reshape([batch, rows, columns, outputs]).transpose([0, 3, 1, 2]);
};

function forward({ layers }: BenchModel, conv: Convolution, params: Params, input: np.Array): np.Array {
  let x = input;
  for (const [place, layer] of layers.entries()) {
    const weight = params[`${place}.weight`]!;
    const bias = params[`${place}.bias`]!;
    if (layer.kind === 'linear') x = np.dot(x, weight.transpose()).add(bias);
    else if (layer.kind === 'conv') x = conv(x, weight, layer).add(bias.reshape([layer.outputs, 1, 1]));
    else if (layer.kind === 'maxPool')
      x = lax.reduceWindow(x, np.max, [layer.size, layer.size], [layer.size, layer.size]);
    else if (layer.kind === 'relu') x = nn.relu(x);
    else x = x.reshape([x.shape[0]!, -1]);
  }
  return x;
}

function crossEntropy(logits: np.Array, labels: np.Array, { batchSize, classes }: BenchModel): np.Array {
  return nn
    .logSoftmax(logits)
    .mul(nn.oneHot(labels, classes))
    .sum()
    .mul(-1 / batchSize);
}

interface Slot {
  readonly parameter: np.Array;
  readonly m: np.Array;
  readonly v: np.Array;
}

/** `stepSize` is lr / (1 − b1ᵗ), `rootCorrection` √(1 − b2ᵗ). */
function adam({ parameter, m, v }: Slot, gradient: np.Array, stepSize: np.Array, rootCorrection: np.Array): Slot {
  const nextM = m.mul(ADAM.b1).add(gradient.ref.mul(1 - ADAM.b1));
  const nextV = v.mul(ADAM.b2).add(np.square(gradient).mul(1 - ADAM.b2));
  const root = np.sqrt(nextV.ref).div(rootCorrection.ref).add(ADAM.eps);
  return { parameter: parameter.sub(nextM.ref.mul(stepSize.ref).div(root)), m: nextM, v: nextV };
}

interface State {
  readonly [slot: string]: Params;
  readonly params: Params;
  readonly m: Params;
  readonly v: Params;
}

function compile(model: BenchModel, conv: Convolution) {
  const loss = (params: Params, x: np.Array, y: np.Array): np.Array =>
    crossEntropy(forward(model, conv, params, x), y, model);
  return jit((state: State, x: np.Array, y: np.Array, rates: np.Array[]): [np.Array, State] => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(state.params), x, y);
    const next: State = { params: {}, m: {}, v: {} };
    for (const [name, parameter] of Object.entries(state.params)) {
      const slot = { parameter, m: state.m[name]!, v: state.v[name]! };
      const updated = adam(slot, gradients[name]!, rates[0]!, rates[1]!);
      next.params[name] = updated.parameter;
      next.m[name] = updated.m;
      next.v[name] = updated.v;
    }
    tree.dispose(rates);
    return [value, next];
  });
}

const toArray = ({ data, shape }: HostArray): np.Array => np.array(data, { shape: [...shape] });

async function prepare(model: BenchModel, weights: Weights, conv: Convolution): Promise<Training> {
  const devices = await init('wasm');
  if (!devices.includes('wasm')) throw new Error('jax-js: it has no wasm backend on this machine.');
  defaultDevice('wasm');
  const update = compile(model, conv);
  const each = (make: (array: HostArray) => np.Array): Params =>
    Object.fromEntries([...weights].map(([name, array]) => [name, make(array)]));
  const zeros = ({ shape }: HostArray): np.Array => np.zeros([...shape]);
  let state: State = { params: each(toArray), m: each(zeros), v: each(zeros) };
  let steps = 0;
  return {
    async step({ x, y }) {
      steps += 1;
      const stepSize = ADAM.learningRate / (1 - ADAM.b1 ** steps);
      const rates = [stepSize, Math.sqrt(1 - ADAM.b2 ** steps)].map((rate) => np.array(rate));
      const [loss, next] = update(state, toArray(x), np.array(y), rates);
      state = next;
      return loss.item();
    },
  };
}

/** With its own convolution. */
export const jaxJs: Contender = {
  name: 'jax-js wasm',
  supports: () => true,
  prepare: (model, weights) => prepare(model, weights, laxConv),
};

/** With convolutions written as matrix products by hand, which it runs faster than its own. */
export const jaxJsPatches: Contender = {
  name: 'jax-js wasm, conv as matmul',
  supports: ({ layers }) => layers.some(({ kind }) => kind === 'conv'),
  prepare: (model, weights) => prepare(model, weights, patchConv),
};
