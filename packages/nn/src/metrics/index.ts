export { accuracy } from './accuracy.ts';
export { confusionMatrix } from './confusion-matrix.ts';
export type { ConfusionMatrixOptions } from './confusion-matrix.ts';
export type { LabelMetricOptions } from './labels.ts';
export { meanLoss } from './mean-loss.ts';
export type { Metric } from './metric.ts';
export { topKAccuracy } from './top-k-accuracy.ts';
export type { TopKAccuracyOptions } from './top-k-accuracy.ts';
