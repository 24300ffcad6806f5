import type { BenchModel, LayerSpec } from './model.ts';

const WIDTH = 128;
const LENGTH = 128;
/** Bytes. */
const VOCABULARY = 256;

const block: readonly LayerSpec[] = [
  {
    kind: 'residual',
    body: [
      { kind: 'layerNorm', size: WIDTH },
      { kind: 'attention', length: LENGTH, width: WIDTH, heads: 4 },
    ],
  },
  {
    kind: 'residual',
    body: [
      { kind: 'layerNorm', size: WIDTH },
      { kind: 'linear', inputs: WIDTH, outputs: 4 * WIDTH },
      { kind: 'gelu' },
      { kind: 'linear', inputs: 4 * WIDTH, outputs: WIDTH },
    ],
  },
];

/** GPT-2 in small: 4 layers of width 128 with 4 heads, 128 bytes of context, no dropout, an untied head. */
export const gpt: BenchModel = {
  name: 'gpt',
  batchSize: 16,
  inputShape: [LENGTH],
  classes: VOCABULARY,
  optimizer: 'adamW',
  agreeingSteps: 4,
  tolerance: 1e-4,
  layers: [
    { kind: 'embedding', vocabulary: VOCABULARY, length: LENGTH, width: WIDTH },
    ...block,
    ...block,
    ...block,
    ...block,
    { kind: 'layerNorm', size: WIDTH },
    { kind: 'linear', inputs: WIDTH, outputs: VOCABULARY, bias: false },
  ],
};
