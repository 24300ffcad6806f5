/**
 * `@jax-js/jax` on its wasm backend, the fastest way it was found to run in Node: one `jit` of `valueAndGrad` and Adam,
 * weights as PyTorch lays them out, convolutions as matrix products (3.7 times faster than its own for LeNet), results
 * read at once (`item`; awaiting costs about a tenth more).
 *
 * Its optimizer library is not on the registry; Adam is written as that one does it, with the two bias corrections
 * made outside. Node has no global `Worker`, without which its wasm backend uses one thread.
 */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { HostArray } from '../../data.ts';
import type { BenchModel } from '../../models/model.ts';
import { ADAM, ADAMW_DECAY } from '../contender.ts';
import type { Contender, Training, Weights } from '../contender.ts';
import { forward } from './layers.ts';
import type { Params } from './layers.ts';

/** Logits `[..., classes]`, a label for each row. */
function crossEntropy(logits: np.Array, labels: np.Array, { classes }: BenchModel): np.Array {
  const rows = logits.size / classes;
  return nn
    .logSoftmax(logits)
    .mul(nn.oneHot(labels, classes))
    .sum()
    .mul(-1 / rows);
}

interface Slot {
  readonly parameter: np.Array;
  readonly m: np.Array;
  readonly v: np.Array;
}

/** `stepSize` is lr / (1 − b1ᵗ), `rootCorrection` √(1 − b2ᵗ); `keep` is 1 − lr·λ, with which weights decay. */
function adam(
  { parameter, m, v }: Slot,
  gradient: np.Array,
  [stepSize, rootCorrection]: np.Array[],
  keep: number,
): Slot {
  const nextM = m.mul(ADAM.b1).add(gradient.ref.mul(1 - ADAM.b1));
  const nextV = v.mul(ADAM.b2).add(np.square(gradient).mul(1 - ADAM.b2));
  const root = np.sqrt(nextV.ref).div(rootCorrection!.ref).add(ADAM.eps);
  const kept = keep === 1 ? parameter : parameter.mul(keep);
  return { parameter: kept.sub(nextM.ref.mul(stepSize!.ref).div(root)), m: nextM, v: nextV };
}

interface State {
  readonly [slot: string]: Params;
  readonly params: Params;
  readonly m: Params;
  readonly v: Params;
}

function compile(model: BenchModel) {
  const loss = (params: Params, x: np.Array, y: np.Array): np.Array =>
    crossEntropy(forward(model.layers, { params, path: '' }, x), y, model);
  const keep = model.optimizer === 'adamW' ? 1 - ADAM.learningRate * ADAMW_DECAY : 1;
  return jit((state: State, x: np.Array, y: np.Array, rates: np.Array[]): [np.Array, State] => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(state.params), x, y);
    const next: State = { params: {}, m: {}, v: {} };
    for (const [name, parameter] of Object.entries(state.params)) {
      const slot = { parameter, m: state.m[name]!, v: state.v[name]! };
      const updated = adam(slot, gradients[name]!, rates, keep);
      next.params[name] = updated.parameter;
      next.m[name] = updated.m;
      next.v[name] = updated.v;
    }
    tree.dispose(rates);
    return [value, next];
  });
}

const toArray = ({ data, shape }: HostArray): np.Array => np.array(data, { shape: [...shape] });

async function prepare(model: BenchModel, weights: Weights): Promise<Training> {
  const devices = await init('wasm');
  if (!devices.includes('wasm')) throw new Error('jax-js: it has no wasm backend on this machine.');
  defaultDevice('wasm');
  const update = compile(model);
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
      const [loss, next] = update(state, toArray(x), toArray(y), rates);
      state = next;
      return loss.item();
    },
  };
}

export const jaxJs: Contender = { name: 'jax-js', without: () => undefined, prepare };
