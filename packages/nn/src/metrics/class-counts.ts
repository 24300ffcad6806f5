import {
  ArgumentError,
  ShapeError,
  argmax,
  cast,
  equal,
  formatShape,
  greater,
  mul,
  notEqual,
  oneHot,
  reshape,
  stack,
  sub,
  sum,
  unsqueeze,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { shapesEqual } from '@gai/core/ops';
import { checkOutputs } from '../losses/check.ts';
import { countedLabels } from './labels.ts';
import type { LabelMetricOptions, MetricBatch } from './labels.ts';

/** How the values of several classes become one. */
export type Average = 'binary' | 'macro' | 'micro' | 'weighted' | 'none';

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface ClassMetricOptions extends LabelMetricOptions {
  /**
   * `binary`: of the class `positive` alone; `macro`: the mean over the classes; `micro`: of all classes' counts
   * together; `weighted`: the mean weighted by how often each class is true; `none`: one value per class. Default
   * `binary`.
   */
  readonly average?: Average | undefined;
  /** The class that `binary` is about, where the outputs have a class axis. Default 1. */
  readonly positive?: number | undefined;
  /** Scores of the targets' shape above this mean yes. Default 0, for logits; 0.5 for probabilities. */
  readonly threshold?: number | undefined;
}

/** How often a class was answered rightly, wrongly, and missed. */
export interface ClassCounts {
  readonly hits: number;
  readonly wrong: number;
  readonly missed: number;
}

/** Per class hits, answers and truths: `[3, classes]`; scores without a class axis count as the classes no and yes. */
export function classSums(metric: string, given: MetricBatch, options: ClassMetricOptions): Tensor {
  const { answers, truth, weights } = isScores(given)
    ? ofScores(metric, given, options)
    : ofClasses(metric, given, options);
  const over = (counted: Tensor): Tensor => sum(mul(counted, unsqueeze(weights, -1)), { axis: 0 });
  return stack([over(mul(answers, truth)), over(answers), over(truth)]);
}

/** One-hot answers and truths `[n, classes]`, and how much each row counts. */
interface Answers {
  readonly answers: Tensor;
  readonly truth: Tensor;
  readonly weights: Tensor;
}

const isScores = ({ outputs, targets }: MetricBatch): boolean => shapesEqual(outputs.shape, targets.shape);

function ofClasses(metric: string, given: MetricBatch, options: ClassMetricOptions): Answers {
  const { labels, weights } = countedLabels(metric, given, options);
  const classes = given.outputs.shape[1]!;
  const chosen = reshape(argmax(given.outputs, { axis: 1 }), [-1]);
  return {
    answers: oneHot(chosen, classes),
    truth: oneHot(reshape(labels, [-1]), classes),
    weights: reshape(weights, [-1]),
  };
}

function ofScores(metric: string, { outputs, targets, weights }: MetricBatch, options: ClassMetricOptions): Answers {
  checkOutputs(metric, outputs);
  const kept = cast(notEqual(targets, options.ignoreIndex ?? -100), 'float32');
  const noAndYes = (isYes: Tensor): Tensor => {
    const yes = reshape(cast(isYes, 'float32'), [-1]);
    return stack([sub(1, yes), yes], { axis: -1 });
  };
  return {
    answers: noAndYes(greater(outputs, options.threshold ?? 0)),
    truth: noAndYes(equal(targets, 1)),
    weights: reshape(mul(kept, spread(metric, targets, weights)), [-1]),
  };
}

/** Examples' weights, along the batch axis of the targets. */
function spread(metric: string, targets: Tensor, weights: Tensor | undefined): Tensor | number {
  if (weights === undefined) return 1;
  if (targets.shape.length > 0) return reshape(weights, [-1, ...targets.shape.slice(1).map(() => 1)]);
  throw new ShapeError(`${metric}: no batch axis. Got targets ${formatShape(targets.shape)}; expected [batch, ...].`, {
    op: metric,
  });
}

/** Counts of each class from the sums. */
export function countsOf(sums: readonly number[]): ClassCounts[] {
  const classes = sums.length / 3;
  return Array.from({ length: classes }, (_, c) => {
    const hits = sums[c]!;
    return { hits, wrong: sums[classes + c]! - hits, missed: sums[2 * classes + c]! - hits };
  });
}

/** The value of all classes as the options say. */
export function averaged(
  metric: string,
  classes: readonly ClassCounts[],
  value: (counts: ClassCounts) => number,
  // oxlint-disable-next-line max-params -- called with all of them from three places.
  { average = 'binary', positive = 1 }: ClassMetricOptions,
): number | number[] {
  const total = (pick: (counts: ClassCounts) => number): number =>
    classes.reduce((sumSoFar, each) => sumSoFar + pick(each), 0);
  switch (average) {
    case 'binary': {
      const counts = classes[positive];
      if (counts !== undefined) return value(counts);
      if (classes.length === 0) return Number.NaN;
      throw new ArgumentError(
        `${metric}: no such class. Got positive ${positive}; expected one from 0 to ${classes.length - 1}.`,
        { op: metric },
      );
    }
    case 'micro':
      return value({
        hits: total(({ hits }) => hits),
        wrong: total(({ wrong }) => wrong),
        missed: total(({ missed }) => missed),
      });
    case 'weighted':
      return total((each) => value(each) * support(each)) / total(support);
    case 'macro': {
      const present = classes.filter(({ hits, wrong, missed }) => hits + wrong + missed > 0);
      return present.reduce((sumSoFar, each) => sumSoFar + value(each), 0) / present.length;
    }
    case 'none':
      return classes.map(value);
  }
}

const support = ({ hits, missed }: ClassCounts): number => hits + missed;

/** A quotient of counts; 0 for nothing out of nothing. */
export const quotient = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Refuses options that do not fit, when the metric is made. */
export function checkAverage(metric: string, { average = 'binary', positive = 1 }: ClassMetricOptions): void {
  const known: readonly string[] = ['binary', 'macro', 'micro', 'weighted', 'none'];
  if (!known.includes(average)) {
    throw new ArgumentError(`${metric}: unknown average. Got '${average}'; expected one of ${known.join(', ')}.`, {
      op: metric,
    });
  }
  if (Number.isSafeInteger(positive) && positive >= 0) return;
  throw new ArgumentError(`${metric}: positive is no class. Got ${positive}; expected a whole number of 0 or more.`, {
    op: metric,
  });
}
