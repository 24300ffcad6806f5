import { ArgumentError, ShapeError, formatShape } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { checkOptionNames, hostData, isInteger } from '@gai/core/ops';
import { quoted } from '@gai/core/io';
import type { Embedding } from '@gai/nn';

/** Refuses what is no batch of token ids, has ids that the table of words lacks, or more tokens than there are positions. */
export function checkTokens(op: string, inputIds: Tensor, words: Embedding, maxPositions = Infinity): void {
  const { dtype, shape } = isTensor(inputIds) ? inputIds : notTensor(op, inputIds);
  if (!isInteger(dtype) || shape.length !== 2) {
    throw new ShapeError(
      `${op}: these are no token ids. Got ${dtype} ${formatShape(shape)}; expected int32 [batch,time]. Put one text in a ` +
        `batch of its own: tensor([ids], { dtype: 'int32' }).`,
      { op },
    );
  }
  checkIds(op, inputIds, words.numEmbeddings ?? Infinity);
  const time = shape[1]!;
  if (typeof time !== 'number' || time <= maxPositions) return;
  throw new ShapeError(
    `${op}: the text is too long. Got ${time} tokens; expected at most ${maxPositions}, which have a position. Cut it off.`,
    { op, details: { time, maxPositions } },
  );
}

/** Looked up, a negative id would be counted from the end of the table, silently. Only ids that are known on the host can be looked at. */
function checkIds(op: string, inputIds: Tensor, vocabSize: number): void {
  const strange = hostData(inputIds)?.find((id) => id < 0 || id >= vocabSize);
  if (strange === undefined) return;
  throw new ArgumentError(
    `${op}: there is no such token. Got id ${strange}; expected 0 to ${vocabSize - 1}. Encode with the tokenizer of this model; -100 stands ` +
      `in labels only, and what fills up a batch is the padding token.`,
    { op, details: { id: Number(strange), vocabSize } },
  );
}

/** A text, a list of ids or what a tokenizer gives are no tensor; without types nothing stops them before. */
const isTensor = (value: unknown): value is Tensor => typeof value === 'object' && value !== null && 'dtype' in value;

/**
 * Refuses an attention mask that does not fit the tokens; a mask of one key would stand for all of them, silently.
 * @param mask - `[batch, time]`, or `[batch, time, time]` for a mask of every token's own; one row stands for all.
 */
export function checkMask(op: string, inputIds: Tensor, mask: Tensor | undefined): void {
  if (mask === undefined) return;
  const shape = isTensor(mask) ? mask.shape : undefined;
  const [batch, time] = inputIds.shape as readonly [Dim, Dim];
  if (shape?.length === 2 && isOf(shape[0], batch, 1) && isOf(shape[1], time)) return;
  if (shape?.length === 3 && isOf(shape[0], batch, 1) && isOf(shape[1], time, 1) && isOf(shape[2], time)) return;
  throw new ShapeError(
    `${op}: the attention mask does not fit the tokens. Got ${shape === undefined ? quoted(mask, 40) : formatShape(shape)} for tokens ` +
      `${formatShape(inputIds.shape)}; expected ${formatShape([batch, time])}, or ${formatShape([batch, time, time])} for a mask of every ` +
      `token's own. Give one number for each token: 1, or 0 for padding.`,
    { op },
  );
}

/** Whether a size may be the one wanted; what has a name is known when it runs. */
const isOf = (size: Dim | undefined, wanted: Dim, also?: number): boolean =>
  typeof size !== 'number' || typeof wanted !== 'number' || size === wanted || size === also;

function notTensor(op: string, value: unknown): never {
  throw new ArgumentError(
    `${op}: these are no token ids. Got ${quoted(value, 40)}; expected a tensor of int32 [batch,time]. Of a text it is made by ` +
      `tensor([tokenizer.encode(text).ids], { dtype: 'int32' }).`,
    { op },
  );
}

/**
 * What every model may be given and some leave out: tokenizers give types for all, and where there are no segments they say nothing.
 */
const LEFT_OUT = ['tokenTypeIds'];

/**
 * Refuses names that a model does not know: `attention_mask` would leave padding unmasked, and a `cache` that nobody reads the tokens
 * before out of sight, silently.
 * @param names - What the model takes besides token ids.
 */
export const checkInputs = (op: string, inputs: object, names: readonly string[]): void =>
  checkOptionNames(op, inputs, [...names, ...LEFT_OUT]);

/** Refuses features that cannot be divided among the heads. */
export function checkHeads(
  op: string,
  [features, size]: readonly [string, number],
  [heads, count]: readonly [string, number],
): void {
  if (size % count === 0) return;
  throw new ArgumentError(
    `${op}: the features cannot be divided among the heads. Got ${features} ${size} and ${heads} ${count}; expected ${features} ` +
      `to be a multiple of ${heads}. Change one.`,
    { op, details: { [features]: size, [heads]: count } },
  );
}
