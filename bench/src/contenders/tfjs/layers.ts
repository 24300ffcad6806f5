import * as tf from '@tensorflow/tfjs';
import type { AttentionSpec, LayerSpec } from '../../models/model.ts';

/** Parameters by name, as {@link toLayout} lays them out. */
export type Params = ReadonlyMap<string, tf.Variable>;

/** From PyTorch's layout to this library's, which has channels last. */
export function toLayout(name: string, value: tf.Tensor): tf.Tensor {
  if (value.rank === 4) return tf.transpose(value, [2, 3, 1, 0]); // [O, I, h, w] → [h, w, I, O]
  const isMatrix = value.rank === 2 && !/tokens|positions/.test(name);
  return isMatrix ? tf.transpose(value) : value;
}

/** The product of two matrices. */
export type Product = (x: tf.Tensor2D, w: tf.Tensor2D) => tf.Tensor2D;

/** The parameters, where the names of a layer's own begin, and how matrices are multiplied. */
interface Place {
  readonly params: Params;
  readonly path: string;
  readonly product: Product;
}

/** The layers in order. Images are `[B, h, w, C]`. */
export function forward(layers: readonly LayerSpec[], place: Place, input: tf.Tensor): tf.Tensor {
  return layers.reduce((x, layer, index) => apply(layer, { ...place, path: `${place.path}${index}.` }, x), input);
}

function apply(layer: LayerSpec, place: Place, x: tf.Tensor): tf.Tensor {
  const own = (name: string): tf.Variable => place.params.get(place.path + name)!;
  switch (layer.kind) {
    case 'linear':
      return linear(place.product, x, [own('weight'), layer.bias === false ? undefined : own('bias')]);
    case 'conv': {
      const { stride = 1, padding } = layer;
      const y = tf.conv2d(
        x as tf.Tensor4D,
        own('weight') as tf.Tensor as tf.Tensor4D,
        stride,
        padding,
        'NHWC',
        1,
        'floor',
      );
      return layer.bias === false ? y : tf.add(y, own('bias'));
    }
    case 'layerNorm':
      return layerNorm(x, own('weight'), own('bias'));
    case 'maxPool':
      return tf.maxPool(x as tf.Tensor4D, layer.size, layer.size, 'valid');
    case 'relu':
      return tf.relu(x);
    case 'gelu':
      return gelu(x);
    case 'flatten': // as PyTorch's, channels first
      return tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [x.shape[0]!, -1]);
    case 'embedding': {
      const oneHot = tf.reshape(tf.oneHot(tf.cast(x, 'int32'), layer.vocabulary), [-1, layer.vocabulary]);
      const rows = place.product(
        tf.cast(oneHot, 'float32') as tf.Tensor2D,
        own('tokens.weight') as tf.Tensor as tf.Tensor2D,
      );
      return tf.add(tf.reshape(rows, [-1, layer.length, layer.width]), own('positions.weight'));
    }
    case 'attention':
      return attention(x, layer, (y, name) => linear(place.product, y, [own(`${name}.weight`), own(`${name}.bias`)]));
    case 'residual':
      return tf.add(forward(layer.body, { ...place, path: `${place.path}body.` }, x), x);
    default:
      throw new Error(`tfjs: no '${layer.kind}' here.`);
  }
}

/**
 * `x · w` with a gradient of its own, which transposes matrices before it multiplies them: the wasm backend has its fast
 * kernel only for matrices that are not read transposed, as the library's own gradient reads them.
 */
export const transposingProduct: Product = (x, w) =>
  tf.customGrad((a, b, save) => {
    const [left, right] = [a, b] as [tf.Tensor2D, tf.Tensor2D];
    (save as tf.GradSaveFunc)([left, right]);
    const gradFunc = (dy: tf.Tensor, [x0, w0]: tf.Tensor[]): tf.Tensor[] => [
      tf.matMul(dy as tf.Tensor2D, tf.transpose(w0!)),
      tf.matMul(tf.transpose(x0!), dy as tf.Tensor2D),
    ];
    return { value: tf.matMul(left, right), gradFunc };
  })(x, w) as tf.Tensor2D;

function linear(product: Product, x: tf.Tensor, [weight, bias]: (tf.Tensor | undefined)[]): tf.Tensor {
  const [inputs, outputs] = weight!.shape as [number, number];
  const rows = product(tf.reshape(x, [-1, inputs]), weight as tf.Tensor2D);
  const y = bias === undefined ? rows : tf.add(rows, bias);
  return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
}

function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), weight), bias);
}

function gelu(x: tf.Tensor): tf.Tensor {
  const inner = tf.mul(tf.mul(x, tf.add(1, tf.mul(0.044715, tf.square(x)))), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
}

type Projection = (x: tf.Tensor, name: 'qkv' | 'proj') => tf.Tensor;

function attention(x: tf.Tensor, { length, width, heads }: AttentionSpec, project: Projection): tf.Tensor {
  const size = width / heads;
  const qkv = project(x, 'qkv');
  const inHeads = (part: tf.Tensor): tf.Tensor =>
    tf.transpose(tf.reshape(part, [-1, length, heads, size]), [0, 2, 1, 3]);
  const [query, key, value] = tf.split(qkv, 3, -1).map(inHeads) as [tf.Tensor, tf.Tensor, tf.Tensor]; // [B, H, T, D]
  const scores = tf.matMul(tf.mul(query, 1 / Math.sqrt(size)), key, false, true);
  const mixed = tf.matMul(tf.softmax(tf.add(scores, causalMask(length))), value);
  const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, length, width]);
  return project(joined, 'proj');
}

/** `[T, T]`: 0 where a place may look, else −1e9. */
function causalMask(length: number): tf.Tensor {
  const hidden = (_: unknown, index: number): number => (index % length > Math.floor(index / length) ? -1e9 : 0);
  return tf.tensor(Float32Array.from({ length: length ** 2 }, hidden), [length, length]);
}
