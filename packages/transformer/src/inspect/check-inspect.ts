import { ArgumentError } from '@gai/core';
import { checkArgument } from '@gai/core/ops';
import { quoted } from '@gai/core/io';
import type { DecoderLanguageModel } from '../models/generative.ts';
import { isToken, noSuchToken } from '../models/no-such-token.ts';

const op = 'inspect';

/** Refuses what has no layers between words and scores to look into. */
export function checkInspectable(model: unknown): void {
  if (typeof model === 'object' && model !== null && 'readOut' in model && 'decoding' in model) return;
  const got = typeof model === 'object' && model !== null ? model.constructor.name : quoted(model);
  throw new ArgumentError(
    `inspect: this model cannot be looked into. Got ${got}; expected a GPT2LMHeadModel or a LlamaForCausalLM. Other models of this package are ` +
      `looked into by inspectForward.`,
    { op },
  );
}

/** Refuses ids that the model does not have, and more of them than it has positions for. */
export function checkInspectIds(ids: ArrayLike<number>, { decoding }: DecoderLanguageModel): void {
  const { vocabulary, positions } = decoding;
  const isList = typeof ids === 'object' && ids !== null && Number.isSafeInteger(ids.length);
  checkArgument(isList, ids, { op, name: 'ids', rule: 'a list of token ids, such as tokenizer.encode(text).ids' });
  if (ids.length === 0 || ids.length > positions) {
    const most = positions === Infinity ? '1 or more' : `1 to ${positions}`;
    throw new ArgumentError(
      `inspect: the number of tokens does not fit. Got ${ids.length}; expected ${most}. ${ids.length === 0 ? 'Give at least one.' : 'Cut the text off.'}`,
      { op, details: { tokens: ids.length, positions } },
    );
  }
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at]!;
    if (!isToken(id, vocabulary)) throw noSuchToken(op, `${quoted(id)} at place ${at}`, vocabulary);
  }
}

/** The mask as numbers, `[layers · heads]`; all ones if there is none. */
export function headMaskOf(
  mask: readonly (readonly (number | boolean)[])[] | undefined,
  [layers, heads]: readonly [number, number],
): Float32Array {
  if (mask === undefined) return new Float32Array(layers * heads).fill(1);
  const isRow = (row: unknown): row is readonly (number | boolean)[] =>
    Array.isArray(row) &&
    row.length === heads &&
    row.every((each) => Number.isFinite(Number(each)) && isStrength(each));
  const fits = Array.isArray(mask) && mask.length === layers && mask.every(isRow);
  const rule = `${layers} rows, one for each layer, of ${heads} numbers, one for each head: 1 leaves it, 0 switches it off`;
  checkArgument(fits, mask, { op, name: 'headMask', rule });
  return Float32Array.from(mask.flat(), Number);
}

const isStrength = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean';

/** The positions that the lens looks at; all if none are given. */
export function lensPositionsOf(positions: readonly number[] | undefined, time: number): readonly number[] {
  if (positions === undefined) return Array.from({ length: time }, (_, at) => at);
  const isPlace = (at: unknown): boolean => Number.isInteger(at) && Number(at) >= 0 && Number(at) < time;
  const fits = Array.isArray(positions) && positions.length > 0 && positions.every(isPlace);
  checkArgument(fits, positions, {
    op,
    name: 'lensPositions',
    rule: `one or more whole numbers from 0 to ${time - 1}`,
  });
  return [...positions];
}
