/** One layer of a chain; every contender builds it in its own best way. Layouts are PyTorch's. */
export type LayerSpec =
  | { readonly kind: 'linear'; readonly inputs: number; readonly outputs: number }
  | {
      readonly kind: 'conv';
      readonly inputs: number;
      readonly outputs: number;
      readonly kernel: number;
      readonly padding: number;
    }
  /** Window and stride of `size`. */
  | { readonly kind: 'maxPool'; readonly size: number }
  | { readonly kind: 'relu' }
  | { readonly kind: 'flatten' };

/** A classifier that is trained with cross-entropy and Adam. */
export interface BenchModel {
  readonly name: string;
  readonly batchSize: number;
  /** Of one example. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly layers: readonly LayerSpec[];
}

/** Shapes of the parameters by name: the layer's place, then `weight` or `bias`. */
export function parametersOf({ layers }: BenchModel): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const [place, layer] of layers.entries()) {
    if (layer.kind !== 'linear' && layer.kind !== 'conv') continue;
    const kernel = layer.kind === 'conv' ? [layer.kernel, layer.kernel] : [];
    shapes.set(`${place}.weight`, [layer.outputs, layer.inputs, ...kernel]);
    shapes.set(`${place}.bias`, [layer.outputs]);
  }
  return shapes;
}

/**
 * Floating-point operations of matrix products and convolutions that a train step cannot avoid: forward, the gradient
 * of every weight, and of every layer's input but the first's.
 */
export function flopsOf({ batchSize, inputShape, layers }: BenchModel): number {
  let side = inputShape.at(-1)!;
  let products = 0;
  let first: number | undefined;
  for (const layer of layers) {
    if (layer.kind === 'maxPool') side = Math.floor(side / layer.size);
    if (layer.kind !== 'linear' && layer.kind !== 'conv') continue;
    if (layer.kind === 'conv') side += 2 * layer.padding - layer.kernel + 1;
    const window = layer.kind === 'conv' ? (layer.kernel * side) ** 2 : 1;
    const own = layer.inputs * layer.outputs * window;
    first ??= own;
    products += own;
  }
  return 2 * batchSize * (3 * products - (first ?? 0));
}
