import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const G2P_EN: ModelCard = {
  name: 'g2p-en',
  title: 'g2p-en, English letters to phonemes',
  use: 'Pronunciation of words: a GRU encoder and decoder of 256, the smallest sequence-to-sequence model here. Weights as npz.',
  licence: 'Apache-2.0',
  sources: [{ kind: 'pip', name: 'g2p-en', version: '2.1.0' }],
  files: [
    {
      path: 'checkpoint20.npz',
      from: ['g2p_en/checkpoint20.npz'],
      bytes: 3342298,
      sha256: 'b8af35e4596d8dd5836dfd3fe9b2ba4f97b9c311efe8879544cbcfcbd566d8c6',
    },
  ],
};
