import { DataError } from '@gai/core';
import { checkArgument } from '@gai/core/ops';

/** Ids are stored in 32 bits at most, and become int32 tensors. */
export const MAX_VOCABULARY = 2 ** 31 - 1;

/** Refuses a document with something that is no id of the vocabulary. */
export function checkIds(op: string, ids: ArrayLike<number>, of: { document: number; vocabSize: number }): void {
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index]!;
    if (Number.isInteger(id) && id >= 0 && id < of.vocabSize) continue;
    throw new DataError(
      `${op}: this is no token. Got ${String(id)} at place ${index} of document ${of.document}; expected whole numbers from 0 to ` +
        `${of.vocabSize - 1}. Pass the vocabSize of the tokenizer that made the ids.`,
      { op, details: { document: of.document, index, vocabSize: of.vocabSize } },
    );
  }
}

/** Refuses what is no size of a vocabulary, and a separator that is not in it. */
export function checkVocabulary(op: string, vocabSize: number, separator: number | undefined): void {
  const isBelow = (value: number, end: number): boolean => Number.isInteger(value) && value >= 0 && value < end;
  const isSize = isBelow(vocabSize - 1, MAX_VOCABULARY);
  checkArgument(isSize, vocabSize, { op, name: 'vocabSize', rule: `a whole number from 1 to ${MAX_VOCABULARY}` });
  const fits = separator === undefined || isBelow(separator, vocabSize);
  checkArgument(fits, separator, { op, name: 'separator', rule: `a token, a whole number from 0 to ${vocabSize - 1}` });
}
