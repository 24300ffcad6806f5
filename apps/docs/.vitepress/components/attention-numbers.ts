import { ArgumentError, add, evaluate, matmul, pad, reshape, tensor, toArray, transpose, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { attentionSteps, causalMask, paddingMask, sinusoidalPositions, slidingWindowMask } from '@gai/transformer';
import { attentionInputs, PAD, POSITION_BASE } from './attention-inputs.ts';
import type { AttentionInputs, AttentionSettings } from './attention-inputs.ts';
import type { Matrix } from '../kit/heat-map.ts';

/** What one head computes, in the order it does. */
export interface HeadNumbers {
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
  readonly scores: Matrix;
  readonly scaled: Matrix;
  /** The scaled scores, −∞ where a query may not look. */
  readonly masked: Matrix;
  readonly weights: Matrix;
  readonly output: Matrix;
}

/** All numbers of the figure. */
export interface AttentionNumbers extends AttentionInputs {
  readonly positions: Matrix;
  /** Embeddings plus positions. */
  readonly x: Matrix;
  /** What scores are multiplied by. */
  readonly scale: number;
  readonly heads: readonly HeadNumbers[];
  /** The outputs of all heads side by side. */
  readonly concatenated: Matrix;
}

/**
 * Runs attention on the default backend, with every intermediate.
 * @throws {@link ArgumentError} if the text has no word.
 */
export async function attentionNumbers(settings: AttentionSettings): Promise<AttentionNumbers> {
  const inputs = attentionInputs(settings);
  const { tokens, embeddings, projections } = inputs;
  if (tokens.every((token) => token === PAD))
    throw new ArgumentError('Type a word or two: without tokens there is nothing to look at.');
  const { headSize, isScaled, temperature } = settings;
  const scale = (isScaled ? 1 / Math.sqrt(headSize) : 1) / temperature;
  const positions = positionsOf(settings, tokens.length);
  const x = add(matrixOf(embeddings), positions); // [T, D]
  const [query, key, value] = [projections.query, projections.key, projections.value].map((weight) =>
    splitHeads(matmul(x, matrixOf(weight)), headSize),
  ) as [Tensor, Tensor, Tensor];
  const mask = maskOf(settings, tokens);
  const { scores, scaled, weights, output } = attentionSteps(query, key, value, { mask, scale });
  const masked = mask === undefined ? scaled : where(mask, scaled, -Infinity);
  const perHead = { query, key, value, scores, scaled, masked, weights, output };
  const whole = { positions, x, concatenated: joinHeads(output) };
  await evaluate(...Object.values(perHead), ...Object.values(whole));
  const read = await Promise.all(Object.values(perHead).map(async (one) => ((await toArray(one)) as Matrix[][])[0]!));
  const names = Object.keys(perHead);
  const heads = Array.from({ length: settings.heads }, (_, head) =>
    Object.fromEntries(names.map((name, index) => [name, read[index]![head]!])),
  ) as unknown as HeadNumbers[];
  return {
    ...inputs,
    scale,
    heads,
    positions: (await toArray(positions)) as Matrix,
    x: (await toArray(x)) as Matrix,
    concatenated: (await toArray(whole.concatenated)) as Matrix,
  };
}

const matrixOf = (rows: Matrix): Tensor => tensor(rows.map((row) => [...row]));

/** Sines and cosines in all features; beside what was made by hand only in the half that is left to them. */
function positionsOf({ weights, heads, headSize }: AttentionSettings, count: number): Tensor {
  const features = heads * headSize;
  if (weights === 'random') return sinusoidalPositions(count, features, { base: POSITION_BASE });
  const half = features / 2;
  return pad(sinusoidalPositions(count, half, { base: POSITION_BASE }), [
    [0, 0],
    [half, 0],
  ]);
}

/** `[T, heads · depth]` → `[1, heads, T, depth]`. */
function splitHeads(x: Tensor, depth: number): Tensor {
  const [time, features] = x.shape as [number, number];
  return transpose(reshape(x, [1, time, features / depth, depth]), [0, 2, 1, 3]);
}

/** `[1, heads, T, depth]` → `[T, heads · depth]`. */
function joinHeads(x: Tensor): Tensor {
  const [, heads, time, depth] = x.shape as [number, number, number, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [time, heads * depth]);
}

function maskOf({ mask, window }: AttentionSettings, tokens: readonly string[]): Tensor | undefined {
  if (mask === 'causal') return causalMask(tokens.length);
  if (mask === 'sliding window') return slidingWindowMask(tokens.length, window);
  if (mask === 'padding') return paddingMask(tensor([tokens.map((token) => token !== PAD)]));
  return undefined;
}
