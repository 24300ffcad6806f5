import { lax, nn, numpy as np } from '@jax-js/jax';
import type { AttentionSpec, LayerSpec } from '../../models/model.ts';
import { convolution } from './convolutions.ts';

/** Parameters by name. */
export type Params = { [name: string]: np.Array };

// Every function consumes its arrays, as all do in this library.

/** The parameters, and where the names of a layer's own begin. */
interface Place {
  readonly params: Params;
  readonly path: string;
}

/** The layers in order. */
export function forward(layers: readonly LayerSpec[], { params, path }: Place, input: np.Array): np.Array {
  return layers.reduce((x, layer, index) => apply(layer, { params, path: `${path}${index}.` }, x), input);
}

function apply(layer: LayerSpec, place: Place, x: np.Array): np.Array {
  const own = (name: string): np.Array => place.params[place.path + name]!;
  switch (layer.kind) {
    case 'linear':
      return linear(x, own('weight'), layer.bias === false ? undefined : own('bias'));
    case 'conv': {
      const y = convolution(x, own('weight'), layer);
      return layer.bias === false ? y : y.add(own('bias').reshape([layer.outputs, 1, 1]));
    }
    case 'batchNorm':
      return affine(standardize(x, [0, 2, 3]), own('weight').reshape([-1, 1, 1]), own('bias').reshape([-1, 1, 1]));
    case 'layerNorm':
      return affine(standardize(x, [-1]), own('weight'), own('bias'));
    case 'maxPool':
      return lax.reduceWindow(x, np.max, [layer.size, layer.size], [layer.size, layer.size]);
    case 'globalAvgPool':
      return np.mean(x, [2, 3]);
    case 'relu':
      return nn.relu(x);
    case 'gelu':
      return nn.gelu(x, { approximate: true });
    case 'flatten':
      return x.reshape([x.shape[0]!, -1]);
    case 'embedding':
      // `take` is no faster at 256 rows.
      return np.dot(nn.oneHot(x, layer.vocabulary), own('tokens.weight')).add(own('positions.weight'));
    case 'attention':
      return attention(x, layer, own);
    case 'residual': {
      const skip = layer.shortcut ?? [];
      const y = forward(layer.body, { ...place, path: `${place.path}body.` }, x.ref);
      return y.add(forward(skip, { ...place, path: `${place.path}shortcut.` }, x));
    }
  }
}

function linear(x: np.Array, weight: np.Array, bias: np.Array | undefined): np.Array {
  const y = np.dot(x, weight.transpose());
  return bias === undefined ? y : y.add(bias);
}

/** To mean 0 and variance 1 over some axes. */
function standardize(x: np.Array, axis: number[]): np.Array {
  const centred = x.ref.sub(np.mean(x, axis, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), axis, { keepdims: true });
  return centred.div(np.sqrt(variance.add(1e-5)));
}

const affine = (x: np.Array, weight: np.Array, bias: np.Array): np.Array => x.mul(weight).add(bias);

/** Its `dotProductAttention` and `einsum` need iterator helpers, which Node 20 has not. */
function attention(x: np.Array, { length, width, heads }: AttentionSpec, own: (name: string) => np.Array): np.Array {
  const size = width / heads;
  const qkv = linear(x, own('qkv.weight'), own('qkv.bias')).reshape([-1, length, 3, heads, size]);
  const [query, key, value] = [0, 1, 2].map((index) => qkv.ref.slice([], [], index)) as [np.Array, np.Array, np.Array];
  qkv.dispose();
  const scores = np.matmul(query.transpose([0, 2, 1, 3]), key.transpose([0, 2, 3, 1])).mul(1 / Math.sqrt(size));
  const weights = nn.softmax(np.where(np.tril(np.ones([length, length], { dtype: np.bool })), scores, -1e9));
  const mixed = np.matmul(weights, value.transpose([0, 2, 1, 3])); // [B, H, T, D]
  return linear(mixed.transpose([0, 2, 1, 3]).reshape([-1, length, width]), own('proj.weight'), own('proj.bias'));
}
