import type { Sample } from '../sample.ts';
import { activationSamples } from './activation.ts';
import { alongAxisSamples } from './along-axis.ts';
import { binaryOpSamples } from './binary.ts';
import { bitwiseSamples } from './bitwise.ts';
import { attentionSamples } from './attention.ts';
import { cachedAttentionSamples } from './cached-attention.ts';
import { choleskySamples, triangularSolveSamples } from './cholesky.ts';
import { compareSamples } from './compare.ts';
import { condSamples, rematSamples, scanSamples, whileSamples } from './control-flow.ts';
import { convSamples } from './conv.ts';
import { cumulativeSamples } from './cumulative.ts';
import { creationSamples } from './creation.ts';
import { einsumSamples } from './einsum.ts';
import { elementwiseSamples } from './elementwise.ts';
import { gammaFunctionSamples } from './gamma-functions.ts';
import { gatedSamples } from './gated.ts';
import { indexingSamples } from './indexing.ts';
import { iotaSamples } from './iota.ts';
import { linalgSamples } from './linalg.ts';
import { movementSamples } from './movement.ts';
import { normSamples } from './norm.ts';
import { orderSamples } from './order.ts';
import { poolSamples } from './pool.ts';
import { quantizedSamples } from './quantized.ts';
import { randomSamples } from './random.ts';
import { rearrangeSamples } from './rearrange.ts';
import { reduceSamples } from './reduce.ts';
import { scatterSamples } from './scatter.ts';
import { resizeSamples } from './resize.ts';
import { structuralSamples } from './structural.ts';
import { trigonometrySamples } from './trigonometry.ts';
import { triangularSamples } from './triangular.ts';
import { unaryOpSamples } from './unary.ts';
import { vectorNormSamples } from './vector-norm.ts';

/** The samples of every op, one record per family. */
export const allSamples: readonly Readonly<Record<string, readonly Sample[]>>[] = [
  structuralSamples,
  scanSamples,
  condSamples,
  whileSamples,
  rematSamples,
  iotaSamples,
  compareSamples,
  bitwiseSamples,
  elementwiseSamples,
  unaryOpSamples,
  trigonometrySamples,
  gammaFunctionSamples,
  binaryOpSamples,
  activationSamples,
  gatedSamples,
  reduceSamples,
  resizeSamples,
  vectorNormSamples,
  alongAxisSamples,
  attentionSamples,
  cachedAttentionSamples,
  cumulativeSamples,
  convSamples,
  indexingSamples,
  orderSamples,
  linalgSamples,
  quantizedSamples,
  movementSamples,
  rearrangeSamples,
  triangularSamples,
  creationSamples,
  scatterSamples,
  einsumSamples,
  triangularSolveSamples,
  choleskySamples,
  normSamples,
  poolSamples,
  randomSamples,
];
