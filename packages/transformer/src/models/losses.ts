import { reshape, slice } from '@gai/core';
import type { Tensor } from '@gai/core';
import { crossEntropy } from '@gai/nn';

/**
 * Cross-entropy of the scores of each token with the label at the same place, in nats: the mean over labels that are not −100. For
 * masked words, classes of tokens, and a decoder whose inputs are shifted.
 * @param logits - `[batch, time, classes]`.
 * @param labels - `[batch, time]`, int32; −100 counts nothing.
 * @example
 * const loss = tokenLoss(tensor([[[0, 0], [9, 0]]]), tensor([[1, -100]], { dtype: 'int32' }));
 * (await item(loss)).toFixed(4); // => '0.6931'
 * @category Losses
 */
export function tokenLoss(logits: Tensor, labels: Tensor): Tensor {
  return crossEntropy(reshape(logits, [-1, logits.shape.at(-1)!]), reshape(labels, [-1]));
}

/**
 * Cross-entropy of the scores of each token with the label at the next place, in nats: the mean over labels that are not −100. The
 * labels are the token ids themselves: the shift is made here, as in the reference.
 * @param logits - `[batch, time, vocabSize]`.
 * @param labels - `[batch, time]`, int32; −100 counts nothing.
 * @example
 * const loss = nextToken(tensor([[[0, 0], [9, 0]]]), tensor([[0, 1]], { dtype: 'int32' }));
 * (await item(loss)).toFixed(4); // => '0.6931'
 * @category Losses
 */
export function nextToken(logits: Tensor, labels: Tensor): Tensor {
  return tokenLoss(slice(logits, [null, [0, -1]]), slice(labels, [null, [1]]));
}
