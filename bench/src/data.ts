import { parametersOf, readsTokens } from './models/model.ts';
import type { BenchModel } from './models/model.ts';

/** Elements row by row. */
export interface HostArray {
  readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  readonly shape: readonly number[];
}

/** Inputs, float32 or tokens, and class labels, int32. */
export interface HostBatch {
  readonly x: HostArray;
  readonly y: HostArray;
}

/** Uniform numbers from 0 to 1, the same for the same seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Uniform over ±1/√(inputs of a unit), as PyTorch begins; biases take the bound of their weight. Norms begin at 1, 0. */
export function makeWeights(model: BenchModel, seed: number): Map<string, HostArray> {
  const next = uniform(seed);
  let bound = 0;
  const make = (name: string, shape: readonly number[]): HostArray => {
    const norm = name.endsWith('weight') && shape.length === 1;
    if (name.endsWith('weight')) bound = norm ? 0 : 1 / Math.sqrt(countOf(shape.slice(1)));
    const value = (): number => (norm ? 1 : (2 * next() - 1) * bound);
    return { shape, data: Float32Array.from({ length: countOf(shape) }, value) };
  };
  return new Map([...parametersOf(model)].map(([name, shape]) => [name, make(name, shape)]));
}

/**
 * Batches of random tokens, or of noise of mean 0 and variance 1, with labels. Noise has no ties, on which maximum
 * pooling may differ; with mean 0 no unit dies (the moments of a dead one decay to denormal numbers, with which
 * processors are slow).
 */
export function makeBatches(model: BenchModel, count: number, seed: number): HostBatch[] {
  const next = uniform(seed);
  const tokens = readsTokens(model);
  const labels = (shape: readonly number[]): HostArray => {
    const label = (): number => Math.floor(next() * model.classes);
    return { shape, data: Int32Array.from({ length: countOf(shape) }, label) };
  };
  const noise = (shape: readonly number[]): HostArray => {
    const value = (): number => (2 * next() - 1) * Math.sqrt(3);
    return { shape, data: Float32Array.from({ length: countOf(shape) }, value) };
  };
  const shape = [model.batchSize, ...model.inputShape];
  return Array.from({ length: count }, () => ({
    x: tokens ? labels(shape) : noise(shape),
    y: labels(tokens ? shape : [model.batchSize]),
  }));
}
