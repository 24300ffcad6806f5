import { readsTokens } from './model.ts';
import type { BenchModel, LayerSpec } from './model.ts';

/** Rows of features per example, or the side of an image, and what the layers before have cost. */
interface Walk {
  readonly side: number;
  readonly rows: number;
  /** Products and sums of the forward pass, per example, layer by layer. */
  readonly costs: readonly number[];
}

/**
 * Floating-point operations of matrix products and convolutions that a train step cannot avoid: forward, the gradient
 * of every weight, and of every layer's input but the first's. Attention counts every pair of places, masked or not.
 */
export function flopsOf(model: BenchModel): number {
  const tokens = readsTokens(model);
  const side = model.inputShape.at(-1)!;
  const { costs } = walk(model.layers, { side, rows: tokens ? side : 1, costs: [] });
  const all = costs.reduce((sum, cost) => sum + cost, 0);
  const constant = tokens ? 0 : costs[0]!; // nobody asks for the gradient of the batch
  return 2 * model.batchSize * (3 * all - constant);
}

const walk = (layers: readonly LayerSpec[], from: Walk): Walk => layers.reduce(after, from);

function after(from: Walk, layer: LayerSpec): Walk {
  const { side, rows, costs } = from;
  switch (layer.kind) {
    case 'linear':
      return { ...from, costs: [...costs, rows * layer.inputs * layer.outputs] };
    case 'conv': {
      const { inputs, outputs, kernel, padding, stride = 1, groups = 1 } = layer;
      const next = Math.floor((side + 2 * padding - kernel) / stride) + 1;
      return { ...from, side: next, costs: [...costs, ((inputs * outputs) / groups) * (kernel * next) ** 2] };
    }
    case 'attention':
      // q, k, v and the projection; then every place with every other, twice.
      return { ...from, costs: [...costs, 4 * rows * layer.width ** 2 + 2 * rows ** 2 * layer.width] };
    case 'maxPool':
      return { ...from, side: Math.floor(side / layer.size) };
    case 'residual':
      return { ...walk(layer.body, { ...from, costs: walk(layer.shortcut ?? [], from).costs }) };
    default:
      return from;
  }
}
