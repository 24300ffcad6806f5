import type { Sample } from '../sample.ts';
import { activationSamples } from './activation.ts';
import { alongAxisSamples } from './along-axis.ts';
import { compareSamples } from './compare.ts';
import { convSamples } from './conv.ts';
import { elementwiseSamples } from './elementwise.ts';
import { indexingSamples } from './indexing.ts';
import { iotaSamples } from './iota.ts';
import { linalgSamples } from './linalg.ts';
import { movementSamples } from './movement.ts';
import { normSamples } from './norm.ts';
import { poolSamples } from './pool.ts';
import { randomSamples } from './random.ts';
import { reduceSamples } from './reduce.ts';
import { structuralSamples } from './structural.ts';
import { unaryOpSamples } from './unary.ts';

/** The samples of every op, one record per family. */
export const allSamples: readonly Readonly<Record<string, readonly Sample[]>>[] = [
  structuralSamples,
  iotaSamples,
  compareSamples,
  elementwiseSamples,
  unaryOpSamples,
  activationSamples,
  reduceSamples,
  alongAxisSamples,
  convSamples,
  indexingSamples,
  linalgSamples,
  movementSamples,
  normSamples,
  poolSamples,
  randomSamples,
];
