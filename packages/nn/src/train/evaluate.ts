import { ArgumentError, cast, data, flattenTree, isTensor, item, jit } from '@gai/core';
import type { Jitted, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { summandsOf } from '../losses/summands.ts';
import type { Summand } from '../losses/summands.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Module } from '../module.ts';
import { checkModel } from '../modules/check-model.ts';
import { checkAxes, checkCount, checkFunction, checkMetricList } from './check-options.ts';
import { forward, metricInputsOf } from './forward.ts';
import type { LossValue } from './loss-term.ts';
import { layoutOf, toLoader } from './source.ts';
import { joinTrees } from './stack.ts';
import type { Batch, BatchLayout, BatchLoader, Batches, Layout, ModelInput } from './source.ts';

/** What training and measuring have in common: how batches and outputs are taken apart, and which sizes change. */
export interface MeasureOptions<B extends object = Batch, O = Tensor, T = Tensor> extends BatchLayout<B, T> {
  /** What metrics compare, where outputs or targets are trees. Default: the outputs and the targets. */
  readonly metricInputs?: ((outputs: O, targets: T) => readonly [outputs: Tensor, targets: Tensor]) | undefined;
  /**
   * Names of the leading axes of the batch's tensors whose size may change from batch to batch without compiling again,
   * for example `['batch', 'time']`; null: all sizes are fixed. Default `['batch']`.
   */
  readonly dynamicAxes?: readonly (string | null)[] | null | undefined;
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions<B extends object = Batch, O = Tensor, T = Tensor> extends MeasureOptions<B, O, T> {
  /** Default: no loss. */
  readonly loss?: ((outputs: O, targets: T) => LossValue) | undefined;
  readonly metrics?: readonly Metric[] | undefined;
  /** Rows per batch, where the source is a data set. Default 256. */
  readonly batchSize?: number | undefined;
}

/** `loss` and one value per metric, by its name. */
export type Evaluation = { readonly loss?: number } & Readonly<Record<string, unknown>>;

/**
 * Measures a model on a data set in evaluation mode: the mean loss and the metrics. A loss counts by what it divides by
 * (the tokens that are not ignored, say), each summand for itself, or by rows where it is a plain mean.
 * @param source - A data set, a loader, or any (async) iterable of batches.
 * @example
 * const model = new Linear({ inFeatures: 1, outFeatures: 2 });
 * const batch = { x: tensor([[1], [2]]), y: tensor([0, 1], { dtype: 'int32' }) };
 * const result = await evaluate(model, [batch], { loss: crossEntropy, metrics: [accuracy()] });
 * Object.keys(result); // => ['loss', 'accuracy']
 * @category Training
 */
export async function evaluate<B extends object = Batch, O = Tensor, T = Tensor>(
  model: Module,
  source: Batches<B>,
  options: EvaluateOptions<B, O, T> = {},
): Promise<Evaluation> {
  checkOptionNames('evaluate', options, [
    'loss',
    'metrics',
    'batchSize',
    'metricInputs',
    'dynamicAxes',
    'inputs',
    'targets',
  ]);
  checkMeasure('evaluate', model, options);
  checkMetricList('evaluate', 'metrics', options.metrics);
  if (options.loss !== undefined) checkFunction('evaluate', 'loss', options.loss, 'a loss, for example crossEntropy');
  const loader = toLoader(source, { batchSize: options.batchSize ?? 256, shuffle: false, seed: 0 }, 'evaluate');
  return new Evaluator(model, options).run(loader);
}

/** A summand of the loss as sum and count; null: rows, or nothing. */
interface MeasuredLoss {
  readonly sum: Tensor;
  readonly count: Tensor | null;
}

/** What one batch gives. */
interface Measured {
  readonly losses: readonly MeasuredLoss[];
  readonly sums: readonly Tensor[];
}

/** How the sums of a summand become one number: over what they count, over rows, or as they are. */
type LossKind = 'counted' | 'rows' | 'sum';

/** A compiled evaluation, for running it again and again. */
export class Evaluator<B extends object, O, T> {
  readonly #model: Module;
  readonly #layout: Layout<B, T>;
  readonly #options: EvaluateOptions<B, O, T>;
  readonly #metrics: readonly Metric[];
  readonly #measure: Jitted<[readonly ModelInput[], T], Measured>;
  #kinds: readonly LossKind[] = [];

  constructor(model: Module, options: EvaluateOptions<B, O, T>) {
    this.#model = model;
    this.#layout = layoutOf(options, 'evaluate');
    this.#options = options;
    this.#metrics = options.metrics ?? [];
    const pairOf = metricInputsOf(options, 'evaluate');
    const measure = (inputs: readonly ModelInput[], targets: T): Measured => {
      const outputs = forward(model, inputs, 'evaluate') as O;
      const sums = this.#metrics.map((metric) => cast(metric.batch(...pairOf(outputs, targets)), 'float32'));
      return { losses: this.#lossesOf(outputs, targets), sums };
    };
    const axes = axesOf(options);
    this.#measure = jit(measure, { dynamicAxes: [axes, axes] });
  }

  /** One pass over the data. */
  async run(loader: BatchLoader<B>): Promise<Evaluation> {
    const totals = this.#metrics.map((): number[] => []);
    const losses: { sum: number; count: number }[] = [];
    let rows = 0;
    await inEvaluation(this.#model, async () => {
      for await (const batch of loader) {
        const inputs = this.#layout.inputs(batch);
        const result = await this.#measure(inputs, this.#layout.targets(batch));
        const count = rowsOf(inputs);
        rows += count;
        for (const [index, loss] of result.losses.entries()) {
          await this.#addLoss((losses[index] ??= { sum: 0, count: 0 }), { ...loss, kind: this.#kinds[index]! }, count);
        }
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
    const means = losses.map(({ sum, count }, index) => (this.#kinds[index] === 'sum' ? sum : sum / count));
    const loss = means.reduce((total, mean) => total + mean, 0);
    return { ...(this.#options.loss && { loss }), ...Object.fromEntries(values) };
  }

  #lossesOf(outputs: O, targets: T): MeasuredLoss[] {
    const value = this.#options.loss?.(outputs, targets);
    if (value === undefined) return [];
    if (!isTensor(value)) {
      this.#kinds = [value.count === null ? 'sum' : 'counted'];
      return [value];
    }
    const summands = summandsOf(value);
    this.#kinds = summands.map(kindOf);
    return summands.map((one) => {
      if (one.kind === 'mean') return { sum: one.sum, count: one.count };
      return { sum: one.kind === 'sum' ? one.sum : one.value, count: null };
    });
  }

  /** Adds a batch's loss to the totals; a plain mean counts by its rows. */
  async #addLoss(
    total: { sum: number; count: number },
    { sum, count, kind }: MeasuredLoss & { readonly kind: LossKind },
    rows: number,
  ): Promise<void> {
    total.sum += (kind === 'rows' ? rows : 1) * (await item(sum));
    total.count += count === null ? rows : await item(count);
  }
}

const kindOf = ({ kind }: Summand): LossKind => (kind === 'mean' ? 'counted' : kind === 'sum' ? 'sum' : 'rows');

/** Options of {@link predict}. */
export type PredictOptions<B extends object = Batch> = Pick<EvaluateOptions<B>, 'inputs' | 'batchSize' | 'dynamicAxes'>;

/**
 * The outputs of a model for a whole data set, in evaluation mode: `[rows, ...]`, in the model's dtype. A model that
 * returns a tree gives the same tree, each tensor with all rows.
 * @param source - A data set, a loader, or any (async) iterable of batches; order is kept.
 * @throws {@link ShapeError} if the outputs of two batches differ in another axis than the first.
 * @example
 * const model = new Linear({ inFeatures: 1, outFeatures: 2 });
 * const outputs = await predict(model, [{ x: tensor([[1], [2]]) }, { x: tensor([[3]]) }]);
 * outputs.shape; // => [3, 2]
 * @category Training
 */
export async function predict<B extends object = Batch, O = Tensor>(
  model: Module,
  source: Batches<B>,
  options: PredictOptions<B> = {},
): Promise<O> {
  checkOptionNames('predict', options, ['inputs', 'batchSize', 'dynamicAxes']);
  checkMeasure('predict', model, options);
  const { inputs } = layoutOf(options, 'predict');
  const loader = toLoader(source, { batchSize: options.batchSize ?? 256, shuffle: false, seed: 0 }, 'predict');
  const run = jit((given: readonly ModelInput[]) => forward(model, given, 'predict') as O, {
    dynamicAxes: [axesOf(options)],
  });
  const parts: O[] = [];
  await inEvaluation(model, async () => {
    for await (const batch of loader) parts.push(await run(inputs(batch)));
  });
  if (parts.length === 0)
    throw new ArgumentError('predict: no data. Got 0 batches; expected at least 1.', { op: 'predict' });
  return joinTrees(parts, 'predict');
}

function checkMeasure(
  op: string,
  model: unknown,
  options: { batchSize?: number | undefined; dynamicAxes?: unknown },
): void {
  checkModel(op, model);
  checkCount(op, { batchSize: options.batchSize });
  checkAxes(op, options.dynamicAxes);
}

/** The names of changing axes, with the default filled in. */
const axesOf = ({ dynamicAxes }: Pick<MeasureOptions, 'dynamicAxes'>): readonly (string | null)[] | null =>
  dynamicAxes === undefined ? ['batch'] : dynamicAxes;

async function inEvaluation(model: Module, run: () => Promise<void>): Promise<void> {
  const restore = model.saveModes();
  model.eval();
  try {
    await run();
  } finally {
    restore();
  }
}

function rowsOf(inputs: readonly ModelInput[]): number {
  const size = flattenTree(inputs).leaves.find(isTensor)?.shape[0];
  return typeof size === 'number' ? size : 1;
}

function addTo(total: number[], sums: ArrayLike<number | bigint>): void {
  for (let index = 0; index < sums.length; index++) total[index] = (total[index] ?? 0) + Number(sums[index]);
}

function appendTo(all: number[], values: ArrayLike<number | bigint>): void {
  for (let index = 0; index < values.length; index++) all.push(Number(values[index]));
}
