import { ArgumentError, data, jit, reshape, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkArgument, checkOptionNames } from '@gai/core/ops';
import { crossEntropy } from '@gai/nn';
import type { Module } from '@gai/nn';

/** Settings of {@link tokenNats}. */
export interface TokenNatsOptions {
  /** Tokens that the model sees at once. */
  readonly length: number;
  /**
   * Places between two windows of a long text, 1 … length. Of a window those tokens count that the one before has not seen, so that each has at
   * least `length − stride` before it: less is more exact and takes longer. Default `length / 2`, rounded up.
   */
  readonly stride?: number | undefined;
  /** Windows that run together. Default 16. */
  readonly batchSize?: number | undefined;
}

/**
 * How well texts were foreseen.
 * @category Scoring
 */
export interface TokenNats {
  /** −log of the probability of all tokens but the first of each text, in nats. */
  readonly nats: number;
  /** How many tokens were foreseen. */
  readonly tokens: number;
  /** `exp(nats / tokens)`. */
  readonly perplexity: number;
}

/** Windows with what each of their tokens is to foresee, −100 where that does not count. */
interface Row {
  readonly x: Int32Array;
  readonly y: Int32Array;
}

const NO_LABEL = -100;

/**
 * How well a causal language model foresees token ids: each token of a text from those before it. Divided by the number of characters it
 * compares models of different tokenizers. Many windows run together; for one text and a model of many positions there is {@link perplexity}.
 * @param model - From ids `[batch, time]` to logits `[batch, time, vocabulary]`. It is measured in evaluation mode.
 * @param texts - The ids of each text; the first of them is given, not foreseen: begin with the token that begins texts.
 * @param options.length - Tokens that the model sees at once.
 * @param options.stride - Places between two windows of a long text. Default half the length.
 * @param options.batchSize - Windows that run together. Default 16.
 * @throws {@link ArgumentError} if an option is out of range, or no text has two tokens.
 * @example
 * const model = new LlamaForCausalLM({ vocabSize: 4, hiddenSize: 8, intermediateSize: 8, numHiddenLayers: 1, numAttentionHeads: 2 });
 * const { tokens, perplexity } = await tokenNats(model, [[0, 1, 2, 3, 1]], { length: 2, stride: 1 });
 * tokens; // => 4
 * Math.round(perplexity); // => 4
 * @category Scoring
 */
export async function tokenNats(
  model: { forward(inputIds: Tensor): Tensor } & Module,
  texts: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
  options: TokenNatsOptions,
): Promise<TokenNats> {
  const op = 'tokenNats';
  checkOptionNames(op, options, ['length', 'stride', 'batchSize']);
  const { length, stride = Math.ceil(length / 2), batchSize = 16 } = options;
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
  checkArgument(isCount(length), length, { op, name: 'length', rule: 'a whole number of 1 or more' });
  checkArgument(isCount(stride) && stride <= length, stride, { op, name: 'stride', rule: `1 to the length ${length}` });
  checkArgument(isCount(batchSize), batchSize, { op, name: 'batchSize', rule: 'a whole number of 1 or more' });
  const measure = jit((x: Tensor, y: Tensor) => rowNats(model.forward(x), y), { dynamicAxes: [['batch'], ['batch']] });
  const restore = model.saveModes();
  model.eval();
  let [nats, tokens] = [0, 0];
  try {
    for await (const rows of batches(windowsOf(texts, length, stride), batchSize)) {
      const column = (name: keyof Row): Tensor => {
        const values = new Int32Array(rows.length * length);
        for (const [index, row] of rows.entries()) values.set(row[name], index * length);
        return tensor(values, { shape: [rows.length, length], dtype: 'int32' });
      };
      for (const value of await data(await measure(column('x'), column('y')))) nats += Number(value);
      for (const { y } of rows) for (const label of y) tokens += label === NO_LABEL ? 0 : 1;
    }
  } finally {
    restore();
  }
  if (tokens > 0) return { nats, tokens, perplexity: Math.exp(nats / tokens) };
  throw new ArgumentError(
    `${op}: there is nothing to foresee. Got no text of two tokens or more; expected at least one. Begin each with the token that ` +
      `begins texts.`,
    { op, details: { tokens } },
  );
}

/** `[batch]`: the sum over the labels of each row; rows are added up on the host, in float64. */
function rowNats(logits: Tensor, labels: Tensor): Tensor {
  const [batch, time, vocabulary] = logits.shape;
  const flat = crossEntropy(reshape(logits, [-1, vocabulary!]), reshape(labels, [-1]), { reduction: 'none' });
  return sum(reshape(flat, [batch!, time!]), { axis: 1 });
}

async function* windowsOf(
  texts: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
  length: number,
  stride: number,
): AsyncGenerator<Row> {
  for await (const ids of texts) {
    let counted = 0;
    for (let start = 0; counted < ids.length - 1; start += stride) {
      const x = new Int32Array(length);
      const y = new Int32Array(length).fill(NO_LABEL);
      const end = Math.min(start + length, ids.length - 1);
      for (let at = start; at < end; at++) {
        x[at - start] = ids[at]!;
        if (at >= counted) y[at - start] = ids[at + 1]!;
      }
      counted = end;
      yield { x, y };
    }
  }
}

async function* batches(rows: AsyncIterable<Row>, size: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
