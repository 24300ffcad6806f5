import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const NANOGUARD: ModelCard = {
  name: 'nanoguard',
  title: 'NanoGuard, a text classifier that looks for prompt injections',
  use: "Two classes for English text of 512 tokens (Transformer of 4 layers, 16.8 million numbers). Its authors' figures were not checked. Never unpickle tokenizer.pkl.",
  licence: 'MIT',
  sources: [{ kind: 'pip', name: 'metatronnanoguard', version: '0.1.0' }],
  files: [
    {
      path: 'model.pt',
      from: ['nanoguard/assets/model.pt'],
      bytes: 58738997,
      sha256: '80a6f31ce7ff6ccbeff0aa5867ae75ae4b33568b40e83bb5968ed6677ec1262e',
    },
    {
      path: 'tokenizer.pkl',
      from: ['nanoguard/assets/tokenizer.pkl'],
      bytes: 91647,
      sha256: 'e81fa2a4d6202a18d05a50dfe8eb101042512056b2d0492c929e8fea4fa02246',
    },
  ],
};
