import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const ANNALOG: ModelCard = {
  name: 'annalog',
  title: 'Annalog, molecules to similar molecules',
  use: 'A classic Transformer with encoder and decoder (3 + 3 layers, 4.05 million numbers) from SMILES to SMILES, to test that form with.',
  licence: 'MIT (in the metadata; no licence file)',
  sources: [{ kind: 'pip', name: 'annalog', version: '1.0.6' }],
  files: [
    {
      path: 'Lev_extended.pt',
      from: ['annalog/ckpt_and_vocab/Lev_extended.pt'],
      bytes: 16254905,
      sha256: '9e22e755b5d47da3c678bc19073e4f4af12ae061c91a7e5382cea67e30fad97b',
    },
    {
      path: 'stereo_experiment_vocab_ttf.pkl',
      from: ['annalog/ckpt_and_vocab/stereo_experiment_vocab_ttf.pkl'],
      bytes: 963,
      sha256: '4e0330ab3a7e17a99296c69b0cde6132d589ed8d7ce644ea86839705bf00d6ea',
    },
  ],
};
