import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const ARABIC_NAME_ROMANIZER: ModelCard = {
  name: 'arabic-name-romanizer',
  title: 'Arabic names in Latin letters',
  use: 'Sequence to sequence with attention as two ONNX graphs (GRU of 256, characters).',
  licence: 'MIT',
  sources: [{ kind: 'pip', name: 'arabic-name-romanizer', version: '0.2.0' }],
  files: [
    {
      path: 'encoder.onnx',
      from: ['arabic_name_romanizer/resources/encoder.onnx'],
      bytes: 2804182,
      sha256: 'f5d65df2189e5ec3929a3167d70de5f1f9eedd89dab964875039089581c5ec49',
    },
    {
      path: 'decoder.onnx',
      from: ['arabic_name_romanizer/resources/decoder.onnx'],
      bytes: 4284858,
      sha256: '2365c42d362313c21748750eefebf3a61fd8045f73a98644176eca538200841a',
    },
    {
      path: 'vocab.json',
      from: ['arabic_name_romanizer/resources/vocab.json'],
      bytes: 1023,
      sha256: 'edfa78c35a7e36b2df5b2d99268b1d96f877a9ab88b0206d8837360326428797',
    },
    {
      path: 'meta.json',
      from: ['arabic_name_romanizer/resources/meta.json'],
      bytes: 905,
      sha256: 'c0344ecabc400d9988aa4924af20de5787c7f1466e056a02cfdedf2c7099fc02',
    },
  ],
};
