import type { Matrix } from '../kit/heat-map.ts';

/** Which keys a query may look at. */
export type MaskName = 'none' | 'causal' | 'padding' | 'sliding window';
/** Where the numbers of the projections come from. */
export type WeightsName = 'made by hand' | 'random';

/** What the reader sets. */
export interface AttentionSettings {
  readonly text: string;
  readonly weights: WeightsName;
  readonly heads: number;
  /** Numbers in a query, and in a key. */
  readonly headSize: number;
  readonly mask: MaskName;
  /** Keys that the sliding window reaches, the query's own among them. */
  readonly window: number;
  /** Divides the scores by `√headSize`. */
  readonly isScaled: boolean;
  /** Divides the scores once more. */
  readonly temperature: number;
}

/** What the reader finds set. */
export const FIRST_SETTINGS: AttentionSettings = {
  text: 'the cat saw the dog and the cat ran',
  weights: 'made by hand',
  heads: 2,
  headSize: 4,
  mask: 'none',
  window: 3,
  isScaled: true,
  temperature: 1,
};

/** What goes into attention. */
export interface AttentionInputs {
  readonly tokens: readonly string[];
  /** Words of the text that did not fit. */
  readonly leftOut: number;
  /** One row per token, `[tokens, heads · headSize]`. */
  readonly embeddings: Matrix;
  /** `[features, features]`, heads side by side. */
  readonly projections: { readonly query: Matrix; readonly key: Matrix; readonly value: Matrix };
}

export const MASKS: readonly MaskName[] = ['none', 'causal', 'padding', 'sliding window'];
export const WEIGHTS: readonly WeightsName[] = ['made by hand', 'random'];
/** More make a table that nobody reads. */
export const MOST_TOKENS = 12;
/** Two tokens of padding show what the mask does. */
const PADDING = 2;
export const PAD = '[PAD]';
/** Of the wave lengths of the positions; a small one, since sentences here are short. Usual is 10,000. */
export const POSITION_BASE = 16;
/** What queries and keys made by hand are multiplied by, so that the weights stand out. */
const GAIN = 3;

/** Words and marks of a text; no more than fit. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
}

/** A number for a text, the same every time (FNV-1a). */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const unit of text) hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}

/** Numbers from −1 to 1 with two digits, so that what is shown can be checked by hand (mulberry32). */
function draw(seed: string, count: number): number[] {
  let state = seedOf(seed);
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return round((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * 2 - 1);
  });
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** A vector of length 1, but for rounding. */
function unit(values: readonly number[]): number[] {
  const length = Math.hypot(...values) || 1;
  return values.map((value) => round(value / length));
}

const square = (size: number, at: (row: number, column: number) => number): number[][] =>
  Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_, column) => at(row, column)));

/** Tokens, their embeddings and the projections for the reader's settings. */
export function attentionInputs(settings: AttentionSettings): AttentionInputs {
  const { text, heads, headSize, weights, mask } = settings;
  const room = MOST_TOKENS - (mask === 'padding' ? PADDING : 0);
  const words = wordsOf(text);
  const tokens = words.slice(0, room);
  if (mask === 'padding') tokens.push(...Array.from({ length: PADDING }, () => PAD));
  const features = heads * headSize;
  const isRandom = weights === 'random';
  return {
    tokens,
    leftOut: Math.max(0, words.length - room),
    embeddings: tokens.map((token) => (isRandom ? draw(token, features) : contentOf(token, features))),
    projections: isRandom ? randomProjections(features) : projectionsByHand(heads, headSize),
  };
}

/** What a token means stands in the first half of the features; the second half is left to its position. */
function contentOf(token: string, features: number): number[] {
  const half = features / 2;
  return [...unit(draw(token, half)), ...Array.from({ length: half }, () => 0)];
}

function randomProjections(features: number): AttentionInputs['projections'] {
  const matrix = (name: string): Matrix => {
    const values = draw(name, features * features);
    return square(features, (row, column) => values[row * features + column]!);
  };
  return { query: matrix('query'), key: matrix('key'), value: matrix('value') };
}

/**
 * Heads that can be understood: of every two the first finds tokens that mean the same, the second the token one place back.
 * Queries of the second kind are the position turned back by one step, which is a rotation of each sine and cosine.
 */
function projectionsByHand(heads: number, headSize: number): AttentionInputs['projections'] {
  const features = heads * headSize;
  const half = features / 2;
  const inHead = (column: number): readonly [isByPosition: boolean, at: number] => [
    Math.floor(column / headSize) % 2 === 1,
    column % headSize,
  ];
  const copy = (row: number, from: number, at: number): number => (at < half && row === from + at ? 1 : 0);
  return {
    query: square(features, (row, column) => {
      const [isByPosition, at] = inHead(column);
      return round(GAIN * (isByPosition ? oneBack(row - half, at, half) : copy(row, 0, at)));
    }),
    key: square(features, (row, column) => {
      const [isByPosition, at] = inHead(column);
      return GAIN * copy(row, isByPosition ? half : 0, at);
    }),
    value: square(features, (row, column) => copy(row, 0, inHead(column)[1])),
  };
}

/** The rotation that takes sines and cosines of a position, side by side, to those of the position before. */
function oneBack(row: number, column: number, half: number): number {
  if (row < 0 || column >= half || row >> 1 !== column >> 1) return 0;
  const angle = 1 / POSITION_BASE ** ((2 * (row >> 1)) / half);
  if (row === column) return Math.cos(angle);
  // sin(p − 1) = sin p cos 1 − cos p sin 1; cos(p − 1) = cos p cos 1 + sin p sin 1
  return row > column ? -Math.sin(angle) : Math.sin(angle);
}
