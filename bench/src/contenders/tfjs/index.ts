/**
 * `@tensorflow/tfjs` with its own gradients and Adam, on its wasm backend (SIMD) and on the one in plain JavaScript. In
 * Node the wasm backend has one thread: its threads begin from a `blob:`, which Node's workers refuse.
 */
import * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../../data.ts';
import type { BenchModel, LayerSpec } from '../../models/model.ts';
import { ADAM, ADAMW_DECAY } from '../contender.ts';
import type { Contender, Training, Weights } from '../contender.ts';
import { forward, toLayout, transposingProduct } from './layers.ts';
import type { Product } from './layers.ts';

/** Where a page has the WebAssembly files; the import adds the wasm backend. */
export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

const toTensor = ({ data, shape }: HostArray): tf.Tensor =>
  tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');

/** Images with channels last. */
const toInput = (x: tf.Tensor): tf.Tensor => (x.rank === 4 ? tf.transpose(x, [0, 2, 3, 1]) : x);

async function prepare(
  { backend, product }: { readonly backend: 'wasm' | 'cpu'; readonly product: Product },
  model: BenchModel,
  weights: Weights,
): Promise<Training> {
  await tf.setBackend(backend);
  const entries = [...weights].map(([name, array]) => [name, toLayout(name, toTensor(array))] as const);
  const params = new Map(entries.map(([name, value]) => [name, tf.variable(value)]));
  const variables = [...params.values()];
  const optimizer = tf.train.adam(ADAM.learningRate, ADAM.b1, ADAM.b2, ADAM.eps);
  const keep = model.optimizer === 'adamW' ? 1 - ADAM.learningRate * ADAMW_DECAY : 1;
  const update = (x: tf.Tensor, y: tf.Tensor): number => {
    const { value, grads } = tf.variableGrads(() => {
      const logits = forward(model.layers, { params, path: '', product }, x);
      return tf.losses.softmaxCrossEntropy(y, tf.reshape(logits, [-1, model.classes])) as tf.Scalar;
    }, variables);
    if (keep !== 1) for (const variable of variables) variable.assign(tf.mul(variable, keep));
    optimizer.applyGradients(Object.entries(grads).map(([name, gradient]) => ({ name, tensor: gradient })));
    return value.dataSync()[0]!;
  };
  return {
    async step({ x, y }) {
      await tf.setBackend(backend);
      return tf.tidy(() => update(toInput(toTensor(x)), tf.oneHot(tf.reshape(toTensor(y), [-1]), model.classes)));
    },
  };
}

const has = (model: BenchModel, kind: LayerSpec['kind']): boolean => model.layers.some((layer) => layer.kind === kind);

const withoutWasm = (model: BenchModel): string | undefined =>
  has(model, 'conv') ? 'its wasm backend has no gradient of the weight of a convolution' : undefined;

/** On wasm, as a user would write it. */
export const tfjsWasm: Contender = {
  name: 'tfjs-wasm',
  without: withoutWasm,
  prepare: (model, weights) => prepare({ backend: 'wasm', product: tf.matMul }, model, weights),
};

/** On wasm, with a gradient of the matrix product written by hand, which it runs faster than its own. */
export const tfjsWasmByHand: Contender = {
  name: 'tfjs-wasm-by-hand',
  without: withoutWasm,
  prepare: (model, weights) => prepare({ backend: 'wasm', product: transposingProduct }, model, weights),
};

/** In plain JavaScript. */
export const tfjsCpu: Contender = {
  name: 'tfjs-cpu',
  without: (model) => (['mlp', 'lenet'].includes(model.name) ? undefined : 'a step takes more than half a minute'),
  prepare: (model, weights) => prepare({ backend: 'cpu', product: tf.matMul }, model, weights),
};
