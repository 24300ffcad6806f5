import type { AlignedText } from '../text/aligned-text.ts';

/** Changes a text before it is cut into words; the places in the original stay known. */
export type Normalizer = (source: AlignedText) => AlignedText;
