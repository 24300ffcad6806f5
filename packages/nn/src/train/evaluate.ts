import { ArgumentError, cast, data, isTensor, jit, tensor } from '@gai/core';
import type { Jitted, Tensor } from '@gai/core';
import type { Metric } from '../metrics/metric.ts';
import type { Module } from '../module.ts';
import { layoutOf, toLoader } from './source.ts';
import type { Batch, BatchLayout, BatchLoader, Batches, Layout } from './source.ts';

/** From a model's output and the targets to a scalar: the mean over the examples. */
type Loss = (outputs: Tensor, targets: Tensor) => Tensor;

/** Options of {@link evaluate}. */
export interface EvaluateOptions<B extends object = Batch> extends BatchLayout<B> {
  /** Default: no loss. */
  readonly loss?: Loss | undefined;
  readonly metrics?: readonly Metric[] | undefined;
  /** Rows per batch, where the source is a data set. Default 256. */
  readonly batchSize?: number | undefined;
}

/** `loss` and one value per metric, by its name. */
export type Evaluation = { readonly loss?: number } & Readonly<Record<string, unknown>>;

/**
 * Measures a model on a data set in evaluation mode: the mean loss per example and the metrics.
 * @param source - A data set, a loader, or any (async) iterable of batches.
 * @example
 * const model = new Linear({ inFeatures: 1, outFeatures: 2 });
 * const batch = { x: tensor([[1], [2]]), y: tensor([0, 1], { dtype: 'int32' }) };
 * const result = await evaluate(model, [batch], { loss: crossEntropy, metrics: [accuracy()] });
 * Object.keys(result); // => ['loss', 'accuracy']
 * @category Training
 */
export async function evaluate<B extends object = Batch>(
  model: Module,
  source: Batches<B>,
  options: EvaluateOptions<B> = {},
): Promise<Evaluation> {
  const loader = toLoader(source, { batchSize: options.batchSize ?? 256, shuffle: false, seed: 0 });
  return new Evaluator(model, options).run(loader);
}

/** A compiled evaluation, for running it again and again. */
export class Evaluator<B extends object> {
  readonly #model: Module;
  readonly #layout: Layout<B>;
  readonly #loss: Loss | undefined;
  readonly #metrics: readonly Metric[];
  readonly #measure: Jitted<[readonly Tensor[], Tensor], { loss: Tensor | null; sums: Tensor[] }>;

  constructor(model: Module, options: EvaluateOptions<B>) {
    this.#model = model;
    this.#layout = layoutOf(options);
    this.#loss = options.loss;
    this.#metrics = options.metrics ?? [];
    const measure = (inputs: readonly Tensor[], targets: Tensor) => {
      const outputs = forward(model, inputs, 'evaluate');
      return {
        loss: this.#loss === undefined ? null : this.#loss(outputs, targets),
        sums: this.#metrics.map((metric) => cast(metric.batch(outputs, targets), 'float32')),
      };
    };
    this.#measure = jit(measure, { dynamicAxes: [['batch'], ['batch']] });
  }

  /** One pass over the data. */
  async run(loader: BatchLoader<B>): Promise<Evaluation> {
    const totals = this.#metrics.map((): number[] => []);
    let loss = 0;
    let rows = 0;
    await inEvaluation(this.#model, async () => {
      for await (const batch of loader) {
        const inputs = this.#layout.inputs(batch);
        const result = await this.#measure(inputs, this.#layout.targets(batch));
        const count = rowsOf(inputs);
        rows += count;
        if (result.loss !== null) loss += count * Number((await data(result.loss))[0]);
        for (const [index, sums] of result.sums.entries()) {
          const add = this.#metrics[index]!.collects === true ? appendTo : addTo;
          add(totals[index]!, await data(sums));
        }
      }
    });
    if (rows === 0) {
      throw new ArgumentError('evaluate: no data. Got 0 rows; expected at least 1.', { op: 'evaluate' });
    }
    const values = this.#metrics.map((metric, index) => [metric.name, metric.result(totals[index]!)]);
    return { ...(this.#loss && { loss: loss / rows }), ...Object.fromEntries(values) };
  }
}

/** Options of {@link predict}. */
export type PredictOptions<B extends object = Batch> = Pick<EvaluateOptions<B>, 'inputs' | 'batchSize'>;

/**
 * The outputs of a model for a whole data set, in evaluation mode: `[rows, ...]`.
 * @param source - A data set, a loader, or any (async) iterable of batches; order is kept.
 * @example
 * const model = new Linear({ inFeatures: 1, outFeatures: 2 });
 * const outputs = await predict(model, [{ x: tensor([[1], [2]]) }, { x: tensor([[3]]) }]);
 * outputs.shape; // => [3, 2]
 * @category Training
 */
export async function predict<B extends object = Batch>(
  model: Module,
  source: Batches<B>,
  options: PredictOptions<B> = {},
): Promise<Tensor> {
  const { inputs } = layoutOf(options);
  const loader = toLoader(source, { batchSize: options.batchSize ?? 256, shuffle: false, seed: 0 });
  const run = jit((given: readonly Tensor[]) => forward(model, given, 'predict'), { dynamicAxes: [['batch']] });
  const parts: Float32Array[] = [];
  let shape: readonly number[] = [];
  await inEvaluation(model, async () => {
    for await (const batch of loader) {
      const output = await run(inputs(batch));
      shape = (output.shape as readonly number[]).slice(1);
      parts.push((await data(output)) as Float32Array);
    }
  });
  if (parts.length === 0)
    throw new ArgumentError('predict: no data. Got 0 batches; expected at least 1.', { op: 'predict' });
  const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const row = shape.reduce((product, size) => product * size, 1);
  return tensor(all, { shape: [row === 0 ? 0 : all.length / row, ...shape] });
}

function forward(model: Module, inputs: readonly Tensor[], op: string): Tensor {
  const output = model.forward(...inputs);
  if (isTensor(output)) return output;
  throw new ArgumentError(`${op}: the model does not return one tensor. Got another value; expected a tensor.`, { op });
}

async function inEvaluation(model: Module, run: () => Promise<void>): Promise<void> {
  const restore = model.saveModes();
  model.eval();
  try {
    await run();
  } finally {
    restore();
  }
}

function rowsOf(inputs: readonly Tensor[]): number {
  const size = inputs[0]?.shape[0];
  return typeof size === 'number' ? size : 1;
}

function addTo(total: number[], sums: ArrayLike<number | bigint>): void {
  for (let index = 0; index < sums.length; index++) total[index] = (total[index] ?? 0) + Number(sums[index]);
}

function appendTo(all: number[], values: ArrayLike<number | bigint>): void {
  for (let index = 0; index < values.length; index++) all.push(Number(values[index]));
}
