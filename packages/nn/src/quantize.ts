import { ArgumentError } from '@gai/core';
import type { QuantizeOptions, Tensor } from '@gai/core';
import { bytesPerElement, checkOptionNames, sizeOf } from '@gai/core/ops';
import type { Embedding } from './layers/embedding.ts';
import type { Linear } from './layers/linear.ts';
import { QuantizedEmbedding, QuantizedLinear } from './layers/quantized/index.ts';
import type { Module } from './module.ts';
import { isExactly } from './modules/brands.ts';
import { checkModel } from './modules/check-model.ts';

/** Settings of {@link quantize}. */
export interface QuantizeModelOptions extends QuantizeOptions {
  /** Only layers whose path matches. Default: all. */
  readonly include?: RegExp | undefined;
  /** Leaves out layers whose path matches: a head, say. Default: none. */
  readonly exclude?: RegExp | undefined;
  /** Whether tables of embeddings are rounded too. Default false. */
  readonly embeddings?: boolean | undefined;
}

/** What {@link quantize} did. */
export interface QuantizeReport {
  /** Paths of the layers that were replaced. */
  readonly replaced: readonly string[];
  /** Bytes of these layers' parameters and buffers before and after. */
  readonly bytes: { readonly before: number; readonly after: number };
}

/** A layer of another class that computes what a linear one does, such as GPT-2's, whose weight lies the other way round. */
interface LinearLike extends Module {
  toLinear(): Linear;
}

/**
 * Replaces the linear layers of a model by {@link QuantizedLinear} of 4 or 8 bits, in place: those of class {@link Linear}, and of classes
 * whose `toLinear()` gives one that computes the same.
 *
 * What a layer class computes with itself (the `in_proj_weight` of `MultiheadAttention`, a table that a tied head reads) stays as it is; so
 * do subclasses of `Linear`. Freeze the rest with `requiresGrad(false)` to train adapters beside it.
 * @param model - Changed: after this its state dict has packed weights.
 * @param options.bits - 4 (default) or 8.
 * @param options.block - Neighbours in a row that share a scale. Default 32.
 * @param options.symmetric - Whether 0 is the middle code. Default true.
 * @param options.include - Only layers whose path matches. Default: all.
 * @param options.exclude - Leaves out layers whose path matches. Default: none.
 * @param options.embeddings - Whether tables of embeddings are rounded too. Default false.
 * @throws {@link ArgumentError} if no layer matches.
 * @throws {@link DataError} if a weight is not finite; nothing is changed then.
 * @example
 * const model = new Sequential(new Linear({ inFeatures: 64, outFeatures: 64 }), new ReLU());
 * const { replaced, bytes } = await quantize(model, { bits: 8 });
 * replaced; // => ['0']
 * bytes; // => { before: 16640, after: 4864 }
 * @category Modules
 */
export async function quantize(model: Module, options: QuantizeModelOptions = {}): Promise<QuantizeReport> {
  checkOptionNames('quantize', options, ['include', 'exclude', 'embeddings', 'bits', 'block', 'symmetric']);
  checkModel('quantize', model);
  checkPattern('include', options.include);
  checkPattern('exclude', options.exclude);
  const chosen = [...model.namedModules()].filter(([path, layer]) => path !== '' && isChosen(path, layer, options));
  if (chosen.length === 0) throw nothingChosen(model, options);
  const { bits, block, symmetric } = options;
  const rounding = { bits, block, symmetric };
  const made: [path: string, old: Module, next: Module][] = [];
  for (const [path, layer] of chosen) {
    const linear = linearOf(layer);
    const next = await (linear === undefined
      ? QuantizedEmbedding.from(layer as Embedding, rounding)
      : QuantizedLinear.from(linear, rounding));
    made.push([path, layer, next]);
  }
  for (const [, old, next] of made) replaceEverywhere(model, old, next);
  const bytes = (layers: readonly Module[]): number => layers.reduce((total, layer) => total + bytesOf(layer), 0);
  return {
    replaced: made.map(([path]) => path),
    bytes: { before: bytes(made.map(([, old]) => old)), after: bytes(made.map(([, , next]) => next)) },
  };
}

/** Text would be taken for a pattern, in which a dot is any character. */
function checkPattern(name: string, pattern: unknown): void {
  if (pattern === undefined || Object.prototype.toString.call(pattern) === '[object RegExp]') return;
  const remedy =
    typeof pattern === 'string' ? ` Write /^${pattern.replaceAll('.', String.raw`\.`)}$/ for this one path.` : '';
  throw new ArgumentError(
    `quantize: ${name} is no pattern. Got ${typeof pattern === 'string' ? `'${pattern}'` : typeof pattern}; expected a regular ` +
      `expression.${remedy}`,
    { op: 'quantize', details: { [name]: pattern } },
  );
}

function isChosen(
  path: string,
  layer: Module,
  { include, exclude, embeddings = false }: QuantizeModelOptions,
): boolean {
  const fits = isExactly(layer, 'Linear') || isLinearLike(layer) || (embeddings && isExactly(layer, 'Embedding'));
  // search knows no lastIndex, which test of a global expression moves.
  return (
    fits &&
    (include === undefined || path.search(include) >= 0) &&
    !(exclude !== undefined && path.search(exclude) >= 0)
  );
}

const isLinearLike = (layer: Module): layer is LinearLike =>
  'toLinear' in layer && typeof layer.toLinear === 'function';

/** The linear layer that a layer is, or computes the same as. */
const linearOf = (layer: Module): Linear | undefined =>
  isExactly(layer, 'Linear') ? (layer as Linear) : isLinearLike(layer) ? layer.toLinear() : undefined;

/** A layer in several places is replaced in all of them. */
function replaceEverywhere(model: Module, old: Module, next: Module): void {
  const place = (): string | undefined => [...model.namedModules()].find(([, module]) => module === old)?.[0];
  for (let path = place(); path !== undefined; path = place()) model.replace(path, next);
}

function bytesOf(layer: Module): number {
  const tensors: readonly Tensor[] = [...layer.parameters(), ...layer.buffers()];
  return tensors.reduce((total, { dtype, shape }) => total + Number(sizeOf(shape)) * bytesPerElement(dtype), 0);
}

function nothingChosen(model: Module, { include, exclude, embeddings = false }: QuantizeModelOptions): ArgumentError {
  const kinds = embeddings ? 'Linear or Embedding' : 'Linear';
  const layers = [...model.namedModules()].filter(([path]) => path !== '').map(([path]) => path);
  return new ArgumentError(
    `quantize: no layer to replace. Got ${layers.length} modules inside (${layers.slice(0, 5).join(', ') || 'none'}), include ` +
      `${String(include)}, exclude ${String(exclude)}; expected at least one ${kinds} among them. For a single layer use ` +
      `QuantizedLinear.from.`,
    { op: 'quantize' },
  );
}
