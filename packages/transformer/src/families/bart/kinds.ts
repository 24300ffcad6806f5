import type { Kind } from '../../config/read-config.ts';

/** Models that BART's classes compute, by the names of their files. */
export type BartKind = 'bart' | 'marian' | 'pegasus';

/** What sets a kind apart: what no field of its files says, and its defaults where they are others than BART's. */
interface BartTraits extends Kind {
  /** Positions are learned, behind two rows that nobody uses; or sines, then cosines. */
  readonly positions: 'learned' | 'sinusoidal';
  /** Embeddings are normalised before the first layer. */
  readonly normsEmbeddings: boolean;
  /** Norms stand before each part and behind the last layer (pre-norm), not behind each part (post-norm). */
  readonly normFirst: boolean;
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** What the first files say of sines in place of learned positions. */
const first = { normalize_embedding: false, static_position_embeddings: true };

export const bartKinds: Readonly<Record<BartKind, BartTraits>> = {
  bart: {
    prefix: 'Bart',
    fixed: {
      add_final_layer_norm: false,
      normalize_before: false,
      normalize_embedding: true,
      static_position_embeddings: false,
    },
    positions: 'learned',
    normsEmbeddings: true,
    normFirst: false,
    defaults: { numLabels: 3 },
  },
  marian: {
    prefix: 'Marian',
    architectures: { BartForConditionalGeneration: 'MarianMTModel' },
    fixed: { ...first, add_final_layer_norm: false, normalize_before: false },
    positions: 'sinusoidal',
    normsEmbeddings: false,
    normFirst: false,
    defaults: { vocabSize: 58_101, padTokenId: 58_100, eosTokenId: 0, decoderStartTokenId: 58_100 },
  },
  pegasus: {
    prefix: 'Pegasus',
    fixed: { ...first, add_final_layer_norm: true, normalize_before: true },
    positions: 'sinusoidal',
    normsEmbeddings: false,
    normFirst: true,
    defaults: { padTokenId: 0, eosTokenId: 1, decoderStartTokenId: 0 },
  },
};

/** The kind that a configuration, or a file, names. */
export const bartTraits = (kind: unknown): BartTraits =>
  typeof kind === 'string' && Object.hasOwn(bartKinds, kind) ? bartKinds[kind as BartKind] : bartKinds.bart;
