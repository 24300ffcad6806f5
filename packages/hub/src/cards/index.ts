import type { ModelCard } from '../model-card.ts';
import { ANNALOG } from './annalog.ts';
import { ARABIC_NAME_ROMANIZER } from './arabic-name-romanizer.ts';
import { EFFICIENTNET_LITE0 } from './efficientnet-lite0.ts';
import { G2P_EN } from './g2p-en.ts';
import { MINILM } from './minilm.ts';
import { NANOGUARD } from './nanoguard.ts';
import { PP_OCR } from './pp-ocr.ts';
import { RXNMAPPER } from './rxnmapper.ts';
import { SILERO_VAD } from './silero-vad.ts';
import { SMOLLM2 } from './smollm2.ts';
import { WHISPER_BASE } from './whisper-base.ts';

/**
 * The models that are known by name: small real ones that packages of registries carry.
 * @example
 * MODEL_CARDS.map(({ name }) => name).includes('smollm2'); // => true
 * @category Models
 */
export const MODEL_CARDS: readonly ModelCard[] = [
  MINILM,
  SMOLLM2,
  WHISPER_BASE,
  EFFICIENTNET_LITE0,
  RXNMAPPER,
  NANOGUARD,
  G2P_EN,
  ANNALOG,
  ARABIC_NAME_ROMANIZER,
  SILERO_VAD,
  PP_OCR,
];
