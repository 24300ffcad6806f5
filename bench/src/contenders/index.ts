import type { Contender } from './contender.ts';
import { jaxJs } from './jax-js/index.ts';
import { pytorchForms } from './pytorch/index.ts';
import { tfjsCpu, tfjsWasm, tfjsWasmByHand } from './tfjs/index.ts';

/** Whom we are measured beside when we use these numbers of threads, in the order of the table. */
export const makePeers = (threads: readonly number[]): readonly Contender[] => [
  jaxJs,
  tfjsWasm,
  tfjsWasmByHand,
  tfjsCpu,
  ...threads.flatMap(pytorchForms),
];

/** Their names, for the command line. */
export const peerNames: readonly string[] = makePeers([1]).map(({ name }) => name);
