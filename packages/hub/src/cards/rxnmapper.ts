import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const RXNMAPPER: ModelCard = {
  name: 'rxnmapper',
  title: 'RXNMapper, an ALBERT that reads chemical reactions',
  use: 'Masked tokens of reactions in SMILES, whose attention maps atoms: a small ALBERT (12 shared layers) to test that family with.',
  licence: 'MIT',
  sources: [{ kind: 'pip', name: 'rxnmapper', version: '0.4.3' }],
  files: [
    {
      path: 'pytorch_model.bin',
      from: ['rxnmapper/models/transformers/albert_heads_8_uspto_all_1310k/pytorch_model.bin'],
      bytes: 3212952,
      sha256: '8541f3f500dae71abe678d546bd035ca946e2d1c819f6b2cf41a97faedd7e6a2',
    },
    {
      path: 'config.json',
      from: ['rxnmapper/models/transformers/albert_heads_8_uspto_all_1310k/config.json'],
      bytes: 1219,
      sha256: 'ea0f3144af1d13a5d5928cff01abd8e7c14ab831ff7b6d73a14d4162864a876f',
    },
    {
      path: 'vocab.txt',
      from: ['rxnmapper/models/transformers/albert_heads_8_uspto_all_1310k/vocab.txt'],
      bytes: 3525,
      sha256: '399868a653e85549ce150af4a1f6cd2776240c6a3d951ced2120565f00f027fd',
    },
    {
      path: 'tokenizer_config.json',
      from: ['rxnmapper/models/transformers/albert_heads_8_uspto_all_1310k/tokenizer_config.json'],
      bytes: 2,
      sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    },
    {
      path: 'special_tokens_map.json',
      from: ['rxnmapper/models/transformers/albert_heads_8_uspto_all_1310k/special_tokens_map.json'],
      bytes: 112,
      sha256: '303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3',
    },
    {
      path: 'LICENSE',
      from: ['rxnmapper-0.4.3.dist-info/licenses/LICENSE'],
      bytes: 1059,
      sha256: '707cf50feda0013d8669dda399d2c621414c3b3e29b07938af20b7572c93d499',
    },
  ],
};
