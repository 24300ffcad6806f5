import { ArgumentError, ShapeError, formatShape } from '@gai/core';
import type { Tensor } from '@gai/core';
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

function notTensor(op: string, value: unknown): never {
  throw new ArgumentError(
    `${op}: these are no token ids. Got ${quoted(value, 40)}; expected a tensor of int32 [batch,time]. Of a text it is made by ` +
      `tensor([tokenizer.encode(text).ids], { dtype: 'int32' }).`,
    { op },
  );
}

/** What a model takes besides token ids: of every family, since a batch may serve several. */
const INPUTS = [
  'attentionMask',
  'tokenTypeIds',
  'positionIds',
  'cache',
  'decoderInputIds',
  'decoderAttentionMask',
  'encoderLastHiddenState',
];

/** Refuses names that no family knows: `attention_mask` would leave padding unmasked, silently. */
export const checkInputs = (op: string, inputs: object): void => checkOptionNames(op, inputs, INPUTS);

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
