import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const SILERO_VAD: ModelCard = {
  name: 'silero-vad',
  title: 'Silero VAD, where somebody speaks',
  use: 'Voice activity in audio of 8 or 16 kHz, as an ONNX graph.',
  licence: 'ISC (as the package states)',
  sources: [{ kind: 'npm', name: '@ricky0123/vad-web', version: '0.0.31' }],
  files: [
    {
      path: 'silero_vad_v5.onnx',
      from: ['package/dist/silero_vad_v5.onnx'],
      bytes: 2327524,
      sha256: '2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f',
    },
  ],
};
